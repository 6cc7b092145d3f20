import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, type Stack } from "../../bed/compose.ts";
import { canLoop } from "../../bed/loop-file-system.ts";
import { run } from "../../bed/run.ts";
import { journals, quiet } from "../../support/aftermath.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { composeFile, service } from "../../support/services.ts";
import { createWorkspace } from "../../support/workspace.ts";

/** A device with a file system, which the engine mounts as it mounts a network volume. */
async function loopDevice() {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-device-"));
  const image = join(directory, "image");
  await using file = await open(image, "w");
  await file.truncate(64 << 20);
  await run(["mkfs.ext4", "-q", image]);
  const device = (await run(["losetup", "--find", "--show", image])).stdout.trim();
  return {
    device,
    [Symbol.asyncDispose]: async () => {
      await run(["losetup", "--detach", device]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function inApp(stack: Stack, script: string): Promise<string> {
  return (await stack.compose(["exec", "-T", "app", "sh", "-c", script])).stdout.trim();
}

const filesOn = (device: string) => {
  const app = service({ volumes: ["data:/data"] });
  const volume = { driver_opts: { type: "ext4", device } };
  return { "compose.yaml": composeFile({ app }, { data: volume }) };
};

describeWithEngine("a volume that is mounted only while it is used", () => {
  it.skipIf(!canLoop("ext4"))(
    "is stored although its mount goes with the stop, and restored into the mount",
    async () => {
      await using disk = await loopDevice();
      await using stack = await createStack(bedEngine(), { files: filesOn(disk.device) });
      await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
      await stack.up();
      const write = (text: string) => inApp(stack, `echo ${text} > /data/file`);
      const restore = async (at: string) => {
        const done = await work.stackhold(["restore", stack.name, "--at", at, "--yes", "--json"]);
        expectExit(done, 0);
        expect(await inApp(stack, "cat /data/file")).toBe(at === whole ? "first" : "second");
        return done.json();
      };
      const backUp = async (...more: string[]) => {
        const done = await work.stackhold(["backup", stack.name, "--json", ...more]);
        expectExit(done, 0);
        return done.json();
      };

      await write("first");
      const { backupId: whole } = await backUp("--freeze", "none");
      await write("second");
      const { backupId: twice, units } = await backUp();
      expect(units[0].freeze).toBe("two-phase");
      await restore(whole);
      await stack.compose(["stop"]);
      await restore(twice);

      await write("third");
      await stack.down("-v");
      const { safetyCopy } = await restore(whole);
      const kept = safetyCopy.map((path: string) => `cat /data${path.split("/_data")[1]}/file`);
      expect(await inApp(stack, kept.join("; "))).toBe("third");

      await stack.compose(["stop"]);
      const stopped = await work.stackhold(["backup", stack.name, "--json"]);
      expectExit(stopped, 3);
      const [unit] = stopped.json().units;
      const parts: { kind: string }[] = unit.parts;
      expect(parts.filter(({ kind }) => kind === "volume")).toEqual([]);
      expect(unit.coverage.gaps).toMatchObject([
        { what: "volume:data", why: expect.stringContaining("and none does") },
      ]);
      await stack.down("-v");
    },
  );

  it.skipIf(!canLoop("ext4"))(
    "starts after a restore that was killed with -9 while it had it mounted",
    async () => {
      await using disk = await loopDevice();
      await using stack = await createStack(bedEngine(), { files: filesOn(disk.device) });
      await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
      const isMounted = () => readFileSync("/proc/mounts", "utf8").includes(`${disk.device} `);
      /** Holds the first call: before it is done, or after. */
      const killedAt = async (program: "mount" | "umount") => {
        const held = join(work.root, `held-${program}`);
        const hold = `: > ${held}; exec sleep infinity`;
        const done = program === "mount" ? '"$REAL" "$@"; ' : "";
        await using programs = await fakePrograms({
          [program]: `test -e ${held} || { ${done}${hold}; }\nexec "$REAL" "$@"`,
        });
        const run = work.start(["restore", stack.name, "--yes"], { env: { PATH: programs.path } });
        for (let left = 600; !existsSync(held) && left > 0; left -= 1) await delay(50);
        expect(isMounted()).toBe(true);
        run.process.kill("SIGKILL");
        await run.finished;
        await quiet({ name: stack.name, workspace: work });
        return await work.stackhold(["recover"]);
      };
      const expectWhole = async () => {
        expect(await inApp(stack, "cat /data/file")).toBe("second");
        await stack.compose(["stop"]);
        expect(isMounted(), "once the engine has unmounted its own").toBe(false);
        expect(await journals({ workspace: work })).toEqual([]);
      };

      await stack.up();
      await inApp(stack, "echo first > /data/file");
      expectExit(await work.stackhold(["backup", stack.name]), 0);
      await inApp(stack, "echo second > /data/file");
      expectExit(await killedAt("umount"), 0);
      await expectWhole();

      expectExit(await killedAt("mount"), 0);
      expect(isMounted()).toBe(false);
      await stack.compose(["start"]);
      await expectWhole();
      await stack.down("-v");
    },
  );

  it.skipIf(!canLoop("ext4"))(
    "is left alone by restores of other units while one has it, or died with it",
    async () => {
      await using disk = await loopDevice();
      const { env } = bedEngine();
      const volume = `shared-${process.pid}`;
      const options = ["--opt", "type=ext4", "--opt", `device=${disk.device}`];
      await run(["docker", "volume", "create", ...options, volume], { env });
      await using _ = {
        [Symbol.asyncDispose]: async () =>
          void (await run(["docker", "volume", "rm", volume], { env })),
      };
      const app = service({ volumes: ["data:/data"] });
      const compose = composeFile({ app }, { data: { external: true, name: volume } });
      const files = { "compose.yaml": compose };
      await using one = await createStack(bedEngine(), { files });
      await using other = await createStack(bedEngine(), { files });
      await using work = await createWorkspace(bedEngine(), { stacksDir: one.root });
      for (const stack of [one, other]) {
        await stack.up();
        await inApp(stack, "echo stored > /data/file");
        expectExit(await work.stackhold(["backup", stack.name]), 0);
        await stack.compose(["stop"]);
      }
      const restoreOther = () => work.stackhold(["restore", other.name, "--yes", "--json"]);

      const held = join(work.root, "held");
      await using programs = await fakePrograms({
        mount: `"$REAL" "$@"; : > ${held}; exec sleep infinity`,
      });
      const first = work.start(["restore", one.name, "--yes"], { env: { PATH: programs.path } });
      for (let left = 600; !existsSync(held) && left > 0; left -= 1) await delay(50);
      const locked = await restoreOther();
      expectExit(locked, 11);
      expect(locked.json().error.message).toContain(`is in use by restore of ${one.name}`);

      first.process.kill("SIGKILL");
      await first.finished;
      await quiet({ name: one.name, workspace: work });
      const dead = await restoreOther();
      expectExit(dead, 11);
      expect(dead.json().error.message).toContain(`a restore of ${one.name} died`);
      expect(dead.json().error.hint).toContain("stackhold recover");

      expectExit(await work.stackhold(["recover"]), 0);
      expect(readFileSync("/proc/mounts", "utf8")).not.toContain(`${disk.device} `);
      expectExit(await restoreOther(), 0);
      expect(await inApp(other, "cat /data/file")).toBe("stored");
      expect(await journals({ workspace: work })).toEqual([]);
      for (const stack of [one, other]) await stack.down();
    },
  );
});
