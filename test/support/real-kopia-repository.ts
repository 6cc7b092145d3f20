import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { createKopiaClient, type KopiaClient } from "../../src/adapters/kopia/client.ts";
import {
  allSnapshots,
  createCatalogue,
  isManifest,
  isSame,
  pointSnapshots,
} from "../../src/adapters/kopia/points/catalogue.ts";
import { deleteSnapshots } from "../../src/adapters/kopia/points/delete-snapshots.ts";
import { manifestSource } from "../../src/adapters/kopia/points/sources.ts";
import { figureTags, pointTags } from "../../src/adapters/kopia/points/tags.ts";
import { takeSnapshot } from "../../src/adapters/kopia/points/take-snapshot.ts";
import { writingDirectory } from "../../src/adapters/kopia/points/writing-point.ts";
import { createKopiaRepository } from "../../src/adapters/kopia/repository.ts";
import type { KopiaSettings } from "../../src/adapters/kopia/settings.ts";
import { createSystemClock } from "../../src/adapters/system-clock/system-clock.ts";
import { createTarCapture } from "../../src/adapters/tar/tar-capture.ts";
import type { PartId } from "../../src/domain/part.ts";
import { secretOf } from "../../src/domain/secret.ts";
import { createRunner, type Runner } from "../../src/exec/runner.ts";
import type { PointRef, Repository } from "../../src/ports/repository.ts";
import type { RepositoryUnderTest } from "../../src/ports/repository-under-test.ts";
import { installKopia } from "../bed/kopia.ts";
import { type FreshStorage, storageOf } from "./kopia-storages.ts";

export interface KopiaUnderTest extends RepositoryUnderTest {
  readonly settings: KopiaSettings;
  readonly client: KopiaClient;
}

/** Programs of the system, with the test bed's Kopia among them. */
export async function kopiaRunner(path = "/usr/sbin:/usr/bin:/sbin:/bin"): Promise<Runner> {
  const directory = dirname(await installKopia());
  const { monotonic } = createSystemClock();
  return createRunner({ environment: { PATH: `${directory}:${path}` }, monotonic });
}

export async function filesystemSettings(root: string): Promise<KopiaSettings> {
  return {
    name: "offsite",
    storage: { type: "filesystem", path: join(root, "storage") },
    password: secretOf("a test's password"),
    compression: "zstd-fastest",
    encryption: "AES256-GCM-HMAC-SHA256",
    cacheDir: join(root, "cache"),
    stateDir: join(root, "state"),
    home: root,
  };
}

export async function openKopia(settings: KopiaSettings, runner: Runner): Promise<Repository> {
  const clock = createSystemClock();
  const capture = createTarCapture({ runner });
  const onWarning = () => undefined;
  return createKopiaRepository(settings, { runner, clock, capture, onWarning });
}

/** A Kopia repository in a directory of its own, or on this storage, and what befalls one. */
export async function makeKopia(elsewhere?: FreshStorage): Promise<KopiaUnderTest> {
  const root = await mkdtemp(join(tmpdir(), "stackhold-kopia-"));
  const runner = await kopiaRunner();
  const inDirectory = await filesystemSettings(root);
  const settings =
    elsewhere === undefined ? inDirectory : { ...inDirectory, storage: storageOf(elsewhere) };
  const storage = elsewhere?.directory ?? join(root, "storage");
  await mkdir(storage, { recursive: true, mode: 0o700 });
  const client = createKopiaClient(settings, { runner, clock: createSystemClock() });
  const repository = await openKopia(settings, runner);
  const replaceManifest = async (ref: PointRef, text: string, tags: readonly string[]) => {
    const own = pointSnapshots(await allSnapshots(client)).filter(
      (one) => isSame(one.ref, ref) && isManifest(one),
    );
    const directory = await mkdtemp(join(root, "manifest-"));
    await writeFile(join(directory, "manifest.json"), text);
    const at = { client, catalogue: createCatalogue(client) };
    await takeSnapshot(at, { path: directory, source: manifestSource(ref), tags }, {});
    await deleteSnapshots(
      at,
      own.map(({ snapshot }) => snapshot.id),
    );
  };
  return {
    ...{ repository, settings, client },
    leavePartial: async (ref) => {
      await repository.begin(ref);
      const writer = join(writingDirectory(join(settings.stateDir, "writing"), ref), "writer.json");
      const content = JSON.parse(await readFile(writer, "utf8"));
      content.mark.startTime = "1";
      await writeFile(writer, JSON.stringify(content));
    },
    damageManifest: (ref) => replaceManifest(ref, '{"format": 1', pointTags(ref, "manifest")),
    makeNewer: (ref) =>
      replaceManifest(
        ref,
        '{"format": 2}',
        pointTags(ref, "manifest", { ...figureTags(figures), format: 2 }),
      ),
    corrupt: async (ref, part) => {
      await flipByte(storage, client, repository, ref, part);
      await rm(settings.cacheDir, { recursive: true, force: true });
    },
    dispose: () => rm(root, { recursive: true, force: true }),
  };
}

const figures = {
  ...{ createdAt: "2026-11-20T02:00:00.000Z", scope: "standard", kind: "stack" as const },
  ...{ bytes: 1, storedBytes: 1, imageBytes: 0, warnings: 0 },
};

const contentSchema = z.array(
  z.looseObject({ contentID: z.string(), packFile: z.string(), packOffset: z.number() }),
);

/** In the content of the part's first regular file, where it lies in its pack. */
async function flipByte(
  storage: string,
  client: KopiaClient,
  repository: Repository,
  ref: PointRef,
  { kind, name }: PartId,
): Promise<void> {
  const { manifest } = await repository.read(ref);
  const part = manifest.parts.find((one) => one.kind === kind && one.name === name);
  const listed: string[] = [];
  const tree = part?.kopia?.tree ?? "";
  const isFile = part?.type === "file";
  if (!isFile) {
    await client.stream(["ls", "--long", "--recursive", tree], async (bytes) => {
      listed.push(Buffer.from(bytes).toString());
    });
  }
  // Of a large file that is the list of its pieces, whose id begins with a letter more.
  const found = isFile
    ? tree
    : /^[^dL\s]\S+ .* (I?[a-z]?[0-9a-f]{32,}) /m.exec(listed.join(""))?.[1];
  const object = found?.replace(/^I/, "") ?? "";
  const contents = await client.ask(contentSchema, ["content", "list", "--json"]);
  const content = contents.find(({ contentID }) => contentID === object);
  if (content === undefined) throw new Error(`no content ${object} in ${JSON.stringify(contents)}`);
  const { packFile, packOffset } = content;
  const file = await blobFile(storage, packFile);
  await chmod(file, 0o600);
  const pack = await open(file, "r+");
  try {
    const byte = Buffer.alloc(1);
    await pack.read(byte, 0, 1, packOffset + 3);
    byte[0] = (byte[0] ?? 0) ^ 0xff;
    await pack.write(byte, 0, 1, packOffset + 3);
  } finally {
    await pack.close();
  }
}

/** A blob's name with slashes in it, however its directories are cut; an object store has no suffix. */
async function blobFile(storage: string, blob: string): Promise<string> {
  const all = await readdir(storage, { recursive: true });
  const found = all.find((path) => [`${blob}.f`, blob].includes(path.replaceAll("/", "")));
  if (found === undefined) throw new Error(`no blob ${blob} in ${all.join(", ")}`);
  return join(storage, found);
}
