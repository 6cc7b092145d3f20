import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../bed/run.ts";
import { describeWithEngineAndKopia } from "../support/engine-and-kopia.ts";
import {
  type FreshStorage,
  type StorageName,
  s3,
  startStorage,
  storagesHere,
} from "../support/kopia-storages.ts";
import { type FaultScene, faultScene, type When } from "../support/storage-faults.ts";
import { type SmallDisk, smallDisk } from "../support/tmpfs.ts";

const megabyte = 2 ** 20;
/** So slow that what befalls an upload falls into it. */
const slow = 8 * megabyte;
const [inHotPass, atRest]: [When, When] = ["in the hot pass", "while the unit is down"];
const moments = [
  [inHotPass, 0],
  [atRest, 1],
] as const;

/** Of the whole run, which had one unit and one repository. */
const failed = (exit: number, code: string, says: RegExp) => ({
  code: exit,
  status: "failed",
  units: [
    {
      status: "failed",
      error: { code, message: expect.stringMatching(says) },
    },
  ],
});

describeWithEngineAndKopia("a backup whose storage", () => {
  describe.each(storagesHere())("on %s", (name: StorageName) => {
    it.each(moments)("is gone %s fails, and the next one goes on", async (when, stops) => {
      await using server = await startStorage(name);
      await using scene = await faultScene(await server.fresh());
      const { line } = server;
      line.throttle(slow);
      const done = await scene.strike(when, 48, () => line.leave());
      expect({ code: done.code, ...done.json() }).toMatchObject(
        failed(
          stops === 0 ? 10 : 1,
          "REPOSITORY_UNUSABLE",
          /^repository offsite: its storage cannot be reached/,
        ),
      );
      await scene.expectUnharmed(stops);
      await line.comeBack();
      line.throttle(Number.POSITIVE_INFINITY);
      const sent = line.sent();
      await scene.goesOn();
      expect(line.sent() - sent).toBeLessThan(44 * megabyte);
    });
  });

  describe.each(storagesHere(["S3", "SFTP"]))("on %s", (name) => {
    it.each(moments)(
      "takes the credentials no more %s fails, and the next one goes on",
      async (when, stops) => {
        await using server = await startStorage(name);
        await using scene = await faultScene(await server.fresh());
        server.line.throttle(slow);
        let given: AsyncDisposable | undefined;
        const done = await scene.strike(when, 24, async () => {
          given = await server.revoke?.();
        });
        expect({ code: done.code, ...done.json() }).toMatchObject(
          failed(
            12,
            "WRONG_CREDENTIALS",
            /^repository offsite: its storage refuses the credentials/,
          ),
        );
        await scene.expectUnharmed(stops);
        await given?.[Symbol.asyncDispose]();
        await scene.goesOn();
      },
    );
  });

  const onDisk = async ({ path }: SmallDisk): Promise<FreshStorage> => {
    const directory = join(path, "repository");
    await mkdir(directory);
    return { keys: { type: "filesystem", path: directory }, directory };
  };

  it.each(moments)(
    "in a directory is full %s fails, and the next one goes on",
    async (when, stops) => {
      await using disk = await smallDisk("160m");
      await using scene = await faultScene(await onDisk(disk));
      await expectFull(scene, disk, when, stops);
    },
  );

  describe.runIf(storagesHere(["S3"]).length > 0)("on S3", () => {
    it("is full in the hot pass fails, and the next one goes on", async () => {
      await using disk = await smallDisk("160m");
      await using server = await s3(disk.path);
      await using scene = await faultScene(await server.fresh());
      server.line.throttle(slow);
      await expectFull(scene, disk, inHotPass, 0);
    });

    it("breaks a connection is none the worse for it", async () => {
      await using server = await startStorage("S3");
      await using scene = await faultScene(await server.fresh());
      server.line.throttle(slow);
      const done = await scene.strike(inHotPass, 24, async () => server.line.cut());
      expect(`${done.code} ${done.stderr}`).toMatch(/^0 /);
      await scene.expectUnharmed(1);
    });
  });
});

async function expectFull(
  scene: FaultScene,
  { path }: SmallDisk,
  when: When,
  stops: number,
): Promise<void> {
  const ballast = join(path, "ballast");
  const fill = ["dd", "if=/dev/zero", `of=${ballast}`, "bs=64k"];
  const done = await scene.strike(when, 48, () => run(fill, { allowFailure: true }));
  expect({ code: done.code, ...done.json() }).toMatchObject(
    failed(1, "NO_SPACE", /^repository offsite: its storage is full/),
  );
  await scene.expectUnharmed(stops);
  await run(["rm", ballast]);
  await scene.goesOn();
}
