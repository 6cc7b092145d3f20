import { rm } from "node:fs/promises";
import type { Manifest, SavedImage, StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import type { ImageSource, PartSource, PendingPart, PointRef } from "../../ports/repository.ts";
import { inRepository } from "./errors.ts";
import type { Flushing } from "./hash-follower.ts";
import { archiveFileName } from "./names.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";
import { storeImage } from "./store-image.ts";
import { storeHot } from "./store-passes.ts";
import { storeWhole } from "./store-whole.ts";
import type { WritingPoint } from "./writing-point.ts";

export interface PartStore {
  store(source: PartSource, activity: Activity): Promise<PendingPart>;
  storeImage(
    image: ImageSource,
    of: Pick<PointRef, "host" | "unit">,
    activity: Activity,
  ): Promise<SavedImage>;
  /** Whatever is durable. */
  settled(): Pick<Manifest, "parts" | "images">;
  /** Ends everything that still reads or writes files of the point. Idempotent. */
  abandon(): Promise<void>;
}

export function createPartStore(
  directory: string,
  settings: ArchiveSettings,
  deps: ArchiveDeps,
  flushing: Flushing,
): PartStore {
  const ended = new AbortController();
  const point: WritingPoint = {
    directory,
    settings,
    deps,
    flushing,
    ended,
    endings: new Set(),
  };
  const names = new Set<string>();
  const settled: StoredPart[] = [];
  const images: SavedImage[] = [];

  const settling = (settle: () => Promise<StoredPart>): Promise<StoredPart> => {
    const part = inRepository(settings, async () => {
      const done = await settle();
      settled.push(done);
      return done;
    });
    part.catch(() => undefined);
    return part;
  };

  const begin = async (source: PartSource, activity: Activity): Promise<PendingPart> => {
    if (source.passes === undefined) {
      const { unsteady, tooLong, settle } = await storeWhole(point, source, activity);
      const part = settling(settle);
      return { unsteady, ...(tooLong ? { tooLong } : {}), settle: () => part };
    }
    const hot = await storeHot(point, source, source.passes, activity);
    let part: Promise<StoredPart> | undefined;
    return { unsteady: [], settle: () => (part ??= settling(hot.settle)) };
  };

  const store = async (source: PartSource, activity: Activity): Promise<PendingPart> => {
    const name = archiveFileName(source, "hot", settings.compression);
    if (ended.signal.aborted || names.has(name)) throw refused(source, ended.signal.aborted);
    names.add(name);
    try {
      return await begin(source, activity);
    } catch (thrown) {
      await rm(`${directory}/${name}`, { force: true });
      names.delete(name);
      throw thrown;
    }
  };

  return {
    store: (source, activity) => inRepository(settings, () => store(source, activity)),
    storeImage: (image, of, activity) =>
      inRepository(settings, async () => {
        const saved = await storeImage(image, of, point, activity);
        images.push(saved);
        return saved;
      }),
    settled: () => ({ parts: settled, images }),
    abandon: async () => {
      ended.abort();
      await Promise.all([...point.endings].map((end) => end()));
    },
  };
}

function refused(source: PartSource, over: boolean): StackholdError {
  const part = formatPart(source);
  const reason = over ? "the point is already ended" : "it is stored already";
  return new StackholdError("INTERNAL", `${part} cannot be stored: ${reason}`);
}
