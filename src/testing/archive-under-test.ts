import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EncryptionSettings } from "../adapters/archive/encryption.ts";
import { pointPaths } from "../adapters/archive/layout.ts";
import { archiveFileName } from "../adapters/archive/names.ts";
import type { Compression } from "../domain/manifest.ts";
import type { PointRef } from "../ports/repository.ts";
import type { RepositoryUnderTest } from "../ports/repository-under-test.ts";
import { abandonWriter, createRealRepository } from "./real-archive-repository.ts";

/** A real archive repository that is not made yet, and what befalls one. */
export async function archiveUnderTest(
  compression: Compression,
  name = "local",
  encryption?: Partial<EncryptionSettings>,
): Promise<RepositoryUnderTest & { readonly root: string }> {
  const scratch = await mkdtemp(join(tmpdir(), "stackhold-archive-"));
  const root = join(scratch, "not", "yet", "there");
  const repository = createRealRepository(root, compression, name, encryption);
  const rewriteManifest = async (ref: PointRef, edit: (text: string) => string) => {
    const { manifest } = pointPaths(root, ref);
    await writeFile(manifest, edit(await readFile(manifest, "utf8")));
  };
  return {
    root,
    repository,
    leavePartial: async (ref) => {
      await repository.begin(ref);
      await abandonWriter(pointPaths(root, ref).partial);
    },
    damageManifest: (ref) => rewriteManifest(ref, (text) => text.slice(0, -20)),
    makeNewer: (ref) => rewriteManifest(ref, () => JSON.stringify({ format: 2, other: "shape" })),
    corrupt: (ref, part) => {
      const name = archiveFileName(part, "hot", compression, encryption && []);
      return flipByte(join(pointPaths(root, ref).point, name));
    },
    dispose: () => rm(scratch, { recursive: true, force: true }),
  };
}

async function flipByte(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const byte = Buffer.alloc(1);
    const position = Math.floor((await file.stat()).size / 2);
    await file.read(byte, 0, 1, position);
    byte[0] = (byte[0] ?? 0) ^ 0xff;
    await file.write(byte, 0, 1, position);
  } finally {
    await file.close();
  }
}

/** As a repository that keeps no files which another could take, nor takes any. */
export function ofAnotherKind<T extends Pick<RepositoryUnderTest, "repository">>(under: T): T {
  const { repository } = under;
  const refuse = () => Promise.reject(new Error("it has no such files"));
  return {
    ...under,
    repository: {
      ...repository,
      kind: "kopia",
      begin: async (ref) => {
        const { adopt: _, ...writer } = await repository.begin(ref);
        return writer;
      },
      read: async (ref) => {
        const reader = await repository.read(ref);
        return { ...reader, handOut: refuse, handOutImage: refuse };
      },
    },
  };
}
