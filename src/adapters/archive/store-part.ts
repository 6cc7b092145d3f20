import { rm } from "node:fs/promises";
import type { Manifest, SavedImage, StoredPart } from "../../domain/manifest.ts";
import { formatPart, type PartId } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import type {
  Adoption,
  ImageSource,
  PartSource,
  PendingPart,
  PointRef,
} from "../../ports/repository.ts";
import { adoptImage, adoptPart } from "./adopt.ts";
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
  adoptPart: Adoption["part"];
  adoptImage(
    image: SavedImage,
    handOut: (directory: string) => Promise<SavedImage>,
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
  recipients: readonly string[] | undefined,
): PartStore {
  const ended = new AbortController();
  const point: WritingPoint = {
    directory,
    settings,
    deps,
    flushing,
    recipients,
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

  /** A part is stored once; one that failed may be tried again. */
  const once = async <T>(source: PartId, work: () => Promise<T>): Promise<T> => {
    const name = formatPart(source);
    if (ended.signal.aborted || names.has(name)) throw refused(source, ended.signal.aborted);
    names.add(name);
    try {
      return await work();
    } catch (thrown) {
      names.delete(name);
      throw thrown;
    }
  };

  const store = (source: PartSource, activity: Activity): Promise<PendingPart> =>
    once(source, async () => {
      try {
        return await begin(source, activity);
      } catch (thrown) {
        const name = archiveFileName(source, "hot", settings.compression, recipients);
        await rm(`${directory}/${name}`, { force: true });
        throw thrown;
      }
    });

  /** `abandon` waits for it. */
  const underWay = <T>(work: Promise<T>): Promise<T> => {
    point.endings.add(async () => void (await work.catch(() => undefined)));
    return work;
  };

  return {
    store: (source, activity) => inRepository(settings, () => store(source, activity)),
    storeImage: (image, of, activity) =>
      inRepository(settings, async () => {
        const saved = await underWay(storeImage(image, of, point, activity));
        images.push(saved);
        return saved;
      }),
    adoptPart: (part, handOut, activity) =>
      inRepository(settings, async () => {
        const adopt = () => underWay(adoptPart(part, handOut, point, activity));
        const adopted = await once(part, adopt);
        settled.push(adopted);
        return adopted;
      }),
    adoptImage: (image, handOut, of, activity) =>
      inRepository(settings, async () => {
        const saved = await underWay(adoptImage(image, handOut, of, point, activity));
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

function refused(source: PartId, over: boolean): StackholdError {
  const part = formatPart(source);
  const reason = over ? "the point is already ended" : "it is stored already";
  return new StackholdError("INTERNAL", `${part} cannot be stored: ${reason}`);
}
