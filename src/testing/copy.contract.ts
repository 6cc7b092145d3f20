import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocks } from "../adapters/sqlite/locks.ts";
import { createStateSpool } from "../adapters/state-spool/state-spool.ts";
import { createSystemClock } from "../adapters/system-clock/system-clock.ts";
import { copyResultSchema } from "../domain/point-results.ts";
import { StackholdError } from "../errors.ts";
import type { Happening } from "../events/event.ts";
import { type CopyInput, copyPoint } from "../operations/copy/copy-point.ts";
import type { CopyDeps } from "../operations/copy/transfer.ts";
import type { PartSource, PointRef, Repository } from "../ports/repository.ts";
import type { RepositoryUnderTest } from "../ports/repository-under-test.ts";
import { aManifest } from "./manifest.ts";
import { createMemoryHistory } from "./memory-history.ts";
import { temporaryDirectory } from "./points.ts";
import { realCapture } from "./real-archive-repository.ts";

/** Two repositories with names of their own, open or not. */
export interface CopyPair {
  readonly from: RepositoryUnderTest;
  readonly to: RepositoryUnderTest;
}

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const data = { kind: "volume", name: "data" } as const;
const file = { kind: "bind", name: "/srv/shop/app.conf" } as const;
const imageId = `sha256:${"ab".repeat(32)}`;
/** A tar without members. */
const image = Buffer.alloc(71_680);

/** Everything that a copy must not change, inodes aside. */
function look(path: string): string {
  const format = "%P %y %m %U:%G %s %T@ %n %l\\n";
  const all = execFileSync("find", [path, "-printf", format]);
  const sums = execFileSync("find", [".", "-type", "f", "-exec", "sha256sum", "{}", "+"], {
    cwd: path,
  });
  const attributes = execFileSync("getfattr", ["-dhR", "-m-", "."], { cwd: path });
  return `${all.toString("latin1").split("\n").sort().join("\n")}${sums}${attributes}`;
}

/** A tree with what is easily lost. */
function oddTree(path: string): void {
  const script = `mkdir -p inner/deeper; echo content >inner/file; ln inner/file inner/linked
    ln -s /nowhere link; mkfifo fifo; truncate -s 9M sparse; printf x | dd of=sparse seek=4096 bs=1024 conv=notrunc status=none
    echo odd >"$(printf 'b\\377\\\\ \\n')"; chmod 4711 inner/file; chmod 700 .; mkdir empty
    setfattr -n user.color -v blue inner; touch -d '2001-02-03 04:05:06.123456789 UTC' inner/file inner .`;
  const { status, stderr } = spawnSync("/bin/sh", ["-euc", script], { cwd: path });
  if (status !== 0) throw new Error(String(stderr));
}

/** What a copy between repositories promises, whatever kinds they are of. */
export function copyContract(name: string, makePair: () => Promise<CopyPair>): void {
  describe(`a copy of a point: ${name}`, { timeout: 60_000 }, () => {
    let pair: CopyPair;
    let from: Repository;
    let to: Repository;
    let scratch: Awaited<ReturnType<typeof temporaryDirectory>>;
    let deps: CopyDeps;
    let history: ReturnType<typeof createMemoryHistory>;
    let events: Happening[];
    let source: string;
    let spool: string;
    let onEvent: (happening: Happening) => void = () => undefined;
    const clock = createSystemClock();

    beforeEach(async () => {
      pair = await makePair();
      from = pair.from.repository;
      to = pair.to.repository;
      scratch = await temporaryDirectory();
      source = directoryIn("source-");
      oddTree(source);
      await from.open();
      history = createMemoryHistory();
      events = [];
      onEvent = () => undefined;
      const stateDir = join(scratch.path, "state");
      spool = join(stateDir, "spool");
      deps = {
        repositories: [from, to],
        history,
        clock,
        capture: realCapture(),
        stateSpool: createStateSpool({ stateDir }),
        locks: createLocks({ stateDir, clock }),
        engine: { info: () => Promise.reject(new Error("the host is configured")) } as never,
        settings: { host: "web01" } as never,
      };
    });
    afterEach(async () => {
      await scratch[Symbol.asyncDispose]();
      await pair.from.dispose();
      await pair.to.dispose();
    });

    const directoryIn = (prefix: string) => mkdtempSync(join(scratch.path, prefix));
    const publish = async (of: PointRef = ref): Promise<void> => {
      const path = join(directoryIn("file-"), "app.conf.real");
      writeFileSync(path, "a = 1\n");
      const sources: PartSource[] = [
        { ...data, source: "shop_data", tree: { path: source, type: "directory", exclude: [] } },
        { ...file, source: file.name, tree: { path, type: "file", exclude: [] } },
      ];
      const writer = await from.begin(of);
      const pending = await Promise.all(sources.map((each) => writer.store(each, {})));
      const parts = await Promise.all(pending.map((each) => each.settle()));
      async function* content() {
        yield image;
      }
      const images = [await writer.storeImage({ id: imageId, content }, {})];
      const warnings = ["something was odd"];
      const frozen = parts.map((part) => ({ ...part, freeze: "snapshot" as const }));
      await writer.publish(aManifest(of, frozen, { images, warnings, freeze: "snapshot" }));
    };
    const copy = (over: Partial<CopyInput> = {}, signal = new AbortController().signal) =>
      copyPoint({ ...ref, from: from.name, to: to.name, trigger: "manual", ...over }, deps, {
        runId: "run-1",
        signal,
        emit: (happening) => {
          events.push(happening);
          onEvent(happening);
        },
      });
    const statusesOf = () =>
      history.recordedRuns.map(({ operation, status }) => [operation, status]);
    /** Neither a point, nor a part of one, nor anything unpacked. */
    const expectNothing = async () => {
      expect(await to.list({})).toEqual([]);
      await pair.to.leavePartial(ref);
      expect(await to.sweep(ref.host)).toEqual([ref]);
      expect(await deps.stateSpool.sweep()).toEqual([]);
      expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([]);
    };

    test("arrives whole, with what it says of itself, and says where it came from", async () => {
      await publish();
      await from.pin(ref, true);
      const result = await copy();
      expect(copyResultSchema.parse(result)).toEqual(result);
      expect(result).toMatchObject({ ...ref, copied: true, images: 1, warnings: [] });
      expect(await to.list({})).toMatchObject([{ ...ref, status: "complete", pinned: false }]);
      const before = await from.read(ref);
      const after = await to.read(ref);
      const { parts, images, tools, ...told } = before.manifest;
      expect(after.manifest).toMatchObject(told);
      expect(after.manifest.copiedFrom).toEqual({ repository: from.name, at: expect.any(String) });
      expect(after.manifest.images?.map(({ id, tarBytes }) => [id, tarBytes])).toEqual([
        [imageId, image.length],
      ]);
      const shape = ({
        kind,
        name: of,
        source: at,
        type,
        bytes,
        files,
        freeze,
      }: (typeof parts)[0]) => ({ kind, name: of, source: at, type, bytes, files, freeze });
      expect(after.manifest.parts.map(shape)).toEqual(parts.map(shape));
      expect(await after.verify({ deep: true }, {})).toEqual([]);
      const target = directoryIn("target-");
      await after.extract(data, target, {});
      expect(look(target)).toBe(look(source));
      const single = directoryIn("target-");
      await after.extract(file, single, {});
      expect(readdirSync(single)).toEqual(["app.conf.real"]);
      const [kept] = after.manifest.images ?? [];
      if (kept === undefined) throw new Error("no image was copied");
      expect((await buffer(after.readImage(kept, {}))).equals(image)).toBe(true);
      expect(statusesOf()).toEqual([
        ["copy", "running"],
        ["copy", "succeeded"],
      ]);
      const subjects = events.flatMap((event) =>
        event.type === "progress" ? [event.subject] : [],
      );
      expect(subjects).toEqual(expect.arrayContaining(["volume:data"]));
      expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([]);
    });

    test("is done once: a copy that is there stays as it is", async () => {
      await publish();
      await copy();
      await to.pin(ref, true);
      const { manifest } = await to.read(ref);
      const again = await copy({ backupId: "latest" });
      expect(copyResultSchema.parse(again)).toEqual(again);
      expect(again).toMatchObject({ ...ref, copied: false, parts: [] });
      expect((await to.read(ref)).manifest).toEqual(manifest);
      expect(await to.list({})).toMatchObject([{ pinned: true }]);
    });

    test("does not follow a damaged copy that is there", async () => {
      await publish();
      await copy();
      await pair.to.damageManifest(ref);
      await expect(copy()).rejects.toMatchObject({
        code: "COPY_FAILED",
        hint: expect.stringContaining("delete shop"),
      });
    });

    test.each([data, file])("of a point whose $kind is damaged is none", async (part) => {
      await publish();
      await pair.from.corrupt(ref, part);
      await expect(copy()).rejects.toMatchObject({ code: "POINT_DAMAGED" });
      expect(statusesOf().at(-1)).toEqual(["copy", "failed"]);
      await expectNothing();
    });

    test("that is cancelled leaves nothing, and may be done again", async () => {
      await publish();
      const controller = new AbortController();
      onEvent = ({ type }) => {
        if (type === "progress") controller.abort(new StackholdError("CANCELLED", "by a test"));
      };
      await expect(copy({}, controller.signal)).rejects.toMatchObject({ code: "CANCELLED" });
      expect(statusesOf().at(-1)).toEqual(["copy", "cancelled"]);
      await expectNothing();
      expect(await copy()).toMatchObject({ copied: true });
    });

    test("goes on where a killed one left a part of it", async () => {
      await publish();
      await to.open();
      await pair.to.leavePartial(ref);
      mkdirSync(join(spool, "1.1.dead"), { recursive: true });
      expect(await copy()).toMatchObject({ copied: true });
      expect(readdirSync(spool)).not.toContain("1.1.dead");
      expect(await (await to.read(ref)).verify({ deep: true }, {})).toEqual([]);
    });

    test("of another host's point stays that host's", async () => {
      const elsewhere = { ...ref, host: "web02" };
      await publish(elsewhere);
      await expect(copy()).rejects.toMatchObject({ code: "UNKNOWN_POINT" });
      expect(await copy({ host: "web02" })).toMatchObject({ host: "web02", copied: true });
      expect(await to.list({})).toMatchObject([elsewhere]);
    });

    test("shares an image that an earlier copy has", async () => {
      await publish();
      const later = { ...ref, backupId: "2026-11-21T02-00-00Z" };
      await publish(later);
      await copy();
      await copy({ backupId: later.backupId });
      const [one, two] = [await to.read(ref), await to.read(later)].map(
        ({ manifest }) => manifest.images?.[0],
      );
      expect(two).toEqual(one);
    });
  });
}
