import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isAlive, until } from "../../bed/processes.ts";
import { orSkip } from "../../bed/required.ts";
import { run } from "../../bed/run.ts";
import { installRclone, makeRcloneRemote, type RcloneRemote } from "../../bed/storage/rclone.ts";
import { describeWithKopia, kopiaHome } from "../../support/kopia.ts";

const hasRclone = (await orSkip(["rclone"], installRclone)) !== undefined;

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

/** The rclone processes that serve a remote. */
function serving({ configFile }: RcloneRemote): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    const [program, ...args] = read(pid, "cmdline").split("\0");
    return program === "rclone" && args.includes(`--config=${configFile}`) && isAlive(pid);
  });
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(read(pid, "status"))?.[1]);
}

describeWithKopia("rclone", () => {
  describe.runIf(hasRclone)("that Kopia has started", () => {
    it.each([
      ["cancelled", "CANCELLED"],
      ["killed", "TOOL_FAILED"],
    ])("ends with a Kopia that is %s", async (how, code) => {
      await using keep = await makeRcloneRemote();
      await using home = await kopiaHome();
      const { remote, configFile } = keep;
      const client = home.client({ type: "rclone", remote, config_file: configFile });
      await client.connect({ create: true });
      // Nobody ends what it reads.
      const fifo = join(home.root, "fifo");
      await run(["mkfifo", fifo]);
      await using writer = await open(fifo, "r+");
      const stop = new AbortController();
      const args = ["snapshot", "create", "--stdin-file=endless", home.root, "--no-progress"];
      const ended = client.run(args, { signal: stop.signal, stdin: writer.fd }).then(
        () => undefined,
        (failure: unknown) => failure,
      );
      // That of a call before may be about to end.
      const served = () =>
        serving(keep).filter((pid) => read(parentOf(pid), "comm").trim() === "kopia");
      expect(await until(() => served().length === 1, 60_000)).toBe(true);
      const ofCalls = async () =>
        (await readdir(join(home.root, "state"), { recursive: true })).filter((name) =>
          name.startsWith("calling-"),
        );
      expect(await ofCalls()).toContainEqual(expect.stringMatching(/\/kopia-rclone[^/]*$/));
      if (how === "cancelled") stop.abort();
      for (const pid of how === "killed" ? served() : []) process.kill(parentOf(pid), "SIGKILL");
      expect(await ended).toMatchObject({ code });
      expect(await until(() => serving(keep).length === 0, 10_000)).toBe(true);
      expect(await ofCalls()).toEqual([]);
    });

    it("leaves no keys of its own to the call after one whose Stackhold was killed", async () => {
      await using keep = await makeRcloneRemote();
      await using home = await kopiaHome();
      const { remote, configFile } = keep;
      const state = join(home.root, "state");
      // As of a process whose id is another's by now.
      const left = join(state, `calling-${process.pid}-1-left`);
      await mkdir(join(left, "kopia-rclone1"), { recursive: true });
      await home
        .client({ type: "rclone", remote, config_file: configFile })
        .connect({ create: true });
      expect(existsSync(left)).toBe(false);
    });
  });
});
