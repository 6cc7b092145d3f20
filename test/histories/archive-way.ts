import { join } from "node:path";
import type { ArchiveLayers, Capture } from "../../src/ports/capture.ts";
import type { TwoPhase } from "../../src/ports/two-phase.ts";
import { applyByHand } from "./apply-point.ts";
import { realCapture } from "./capture.ts";
import { holdTar } from "./held-tar.ts";
import type { Site } from "./site.ts";
import type { Place, Way } from "./way.ts";

/** In archives, one or two of the same capture; nothing before it is of any use to them. */
export async function archiveWay(gate: string): Promise<Way> {
  const tar = await holdTar(gate);
  const capture = realCapture(tar.path);
  return {
    capture,
    holding: tar,
    places: async (history, site, twoPhase) =>
      Array.from({ length: history.targets }, (_, index) =>
        inArchive(capture, site, twoPhase, { index, byHand: history.byHand === (index === 0) }),
      ),
    earlier: async () => async () => {},
    [Symbol.asyncDispose]: () => tar[Symbol.asyncDispose](),
  };
}

interface How {
  readonly index: number;
  /** As docs/format.md says it, without the product. */
  readonly byHand: boolean;
}

export function inArchive(
  capture: Pick<Capture, "extract">,
  { archives }: Site,
  twoPhase: TwoPhase,
  { index, byHand }: How,
): Place {
  const at = (name: string) => join(archives, `${index}.${name}`);
  const [hot, delta] = [at("tar.zst"), at("delta.tar.zst")];
  const [deleted, listing] = [at("deleted"), at("listing.zst")];
  return {
    store: () => twoPhase.store(archive(hot)),
    restore: async (directory) => {
      const target = { delta: archive(delta), deleted, listing: archive(listing) };
      const written = await twoPhase.writeChanges(target);
      const layers: ArchiveLayers = {
        ...{ hot, listing },
        ...(written.delta ? { delta } : {}),
        ...(written.deleted ? { deleted } : {}),
      };
      if (byHand) await applyByHand(layers, directory, hot);
      else await capture.extract(layers, directory);
    },
  };
}

const archive = (file: string) => ({ file, compression: "zstd", level: 1 }) as const;
