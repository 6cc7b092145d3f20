import type { Environment } from "../../exec/environment.ts";
import { programStream } from "../../exec/program-stream.ts";
import type { Dial } from "./connect.ts";
import { cliEnvironment } from "./endpoint.ts";

/** `docker system dial-stdio` joins its standard streams to the engine, over ssh where it must. */
export function dialStdio(environment: Environment): Dial {
  return (endpoint) =>
    programStream(
      { program: "docker", args: ["system", "dial-stdio"] },
      { environment, extra: cliEnvironment(endpoint) },
    );
}
