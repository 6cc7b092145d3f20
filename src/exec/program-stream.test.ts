import { once } from "node:events";
import { expect, it } from "vitest";
import { programStream } from "./program-stream.ts";

const deaf = `exec <&-
trap 'kill $!; echo no such socket >&2; exit 1' USR1
sleep 60 >&- 2>&- &
echo $$
wait`;

it("tells why a program ended that had stopped reading before", async () => {
  const environment = { PATH: "/usr/bin:/bin" };
  const stream = programStream({ program: "sh", args: ["-c", deaf] }, { environment });
  const [pid] = await once(stream, "data");
  const ended = once(stream, "close").catch((error: unknown) => error);
  await new Promise((resolve) => stream.write("GET / HTTP/1.1\r\n\r\n", resolve));
  process.kill(Number(pid), "SIGUSR1");
  expect(await ended).toEqual(new Error("sh: no such socket"));
});
