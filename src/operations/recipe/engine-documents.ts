import pLimit from "p-limit";
import { digest } from "../../digest.ts";
import { compareText } from "../../domain/compare-text.ts";
import { longestName, shorten } from "../../domain/file-name.ts";
import { ofEveryEngine } from "../../domain/networks/of-every-engine.ts";
import type { UnitPolicy } from "../../domain/policy.ts";
import type { Findings, GatheredDocument } from "../../domain/recipe/gathered.ts";
import {
  absentImages,
  imagesDocument,
  imagesOf,
  imagesToSave,
  lostImages,
} from "../../domain/recipe/images.ts";
import { lastingInspection } from "../../domain/recipe/lasting-inspection.ts";
import { type Inspected, networkDocument, networkNames } from "../../domain/recipe/networks.ts";
import type { Json } from "../../domain/recipe/redact.ts";
import type { Member, Volume } from "../../domain/unit.ts";
import { isErrorCode } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";

/** Few enough that the engine keeps answering others. */
const atOnce = 16;

/** A container that has gone meanwhile is left out. */
export async function inspectRawAll(
  members: readonly Member[],
  engine: Engine,
): Promise<Inspected[]> {
  const found = await pLimit(atOnce).map(members, async ({ id, name, service }) => {
    try {
      return { id, name, service, raw: await engine.inspectRaw(id) };
    } catch (error) {
      if (isErrorCode(error, "CONTAINER_MISSING")) return undefined;
      throw error;
    }
  });
  return found.filter((one) => one !== undefined);
}

const ending = "_inspect.json";

/** The file in the recipe that has the engine's words on a container. */
export function inspectionPath(container: string): string {
  return `${shorten(container, longestName - ending.length, digest)}${ending}`;
}

export function inspections(inspected: readonly Inspected[]): GatheredDocument[] {
  return inspected.map(({ name, raw }) => ({
    path: inspectionPath(name),
    document: lastingInspection(raw),
    form: "json",
  }));
}

/** `way`: whether images are kept with the point. */
export async function images(
  members: readonly Member[],
  way: UnitPolicy["images"],
  engine: Engine,
): Promise<Findings> {
  const run = imagesOf(members);
  const ids = [...new Set(run.map(({ id }) => id))];
  const found = await pLimit(atOnce).map(ids, async (id) => {
    const image = await engine.image(id);
    return image === undefined ? [] : [[id, image] as const];
  });
  const known = new Map(found.flat());
  return {
    documents: [{ path: "images.json", document: imagesDocument(run, known), form: "json" }],
    ...(way === "save"
      ? { images: imagesToSave(run, known), gaps: absentImages(run, known) }
      : { gaps: lostImages(run, known) }),
  };
}

/** An engine may have been told to go without them. */

export async function networks(inspected: readonly Inspected[], engine: Engine): Promise<Findings> {
  const names = networkNames(inspected);
  if (names.length === 0) return {};
  const raws = await pLimit(atOnce).map(names, (name) => engine.inspectNetworkRaw(name));
  const document = raws.flatMap((raw) =>
    raw === undefined ? [] : [networkDocument(raw, inspected)],
  );
  return {
    documents: [{ path: "networks.json", document, form: "json" }],
    gaps: names
      .filter((name, index) => raws[index] === undefined && !ofEveryEngine.includes(name))
      .map((name) => ({ what: `network:${name}`, why: "the engine does not know it any more" })),
  };
}

export function volumes(all: readonly Volume[]): GatheredDocument {
  const document = all
    .toSorted((a, b) => compareText(a.name, b.name))
    .map(({ name, driver, options, labels, anonymous }): Json => {
      return { name, driver, options: { ...options }, labels: { ...labels }, anonymous };
    });
  return { path: "volumes.json", document, form: "json" };
}
