import { dockerEngine } from "../../../src/adapters/docker/engine.ts";
import { engineContract } from "../../../src/ports/engine.contract.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";

const image = "stackhold-test/busybox";
let made = 0;

describeWithEngine("the docker adapter", () => {
  engineContract("the Docker engine", async () => {
    const { dockerHost, env } = bedEngine();
    const engine = dockerEngine({ endpoint: { address: dockerHost, origin: "test" } });
    const ids: string[] = [];
    return {
      engine,
      async run({ script, labels = {}, anonymousVolume }) {
        const name = `engine-contract-${process.pid}-${++made}`;
        const marks = Object.entries(labels).flatMap(([key, value]) => ["-l", `${key}=${value}`]);
        const volume = anonymousVolume === undefined ? [] : ["-v", anonymousVolume];
        const argv = ["docker", "run", "-d", "--name", name, ...marks, ...volume, image];
        const { stdout } = await run([...argv, "/bin/sh", "-c", script], { env });
        const id = stdout.trim();
        ids.push(id);
        return { id, name };
      },
      async [Symbol.asyncDispose]() {
        await run(["docker", "rm", "-fv", ...ids], { env });
        engine[Symbol.dispose]();
      },
    };
  });
});
