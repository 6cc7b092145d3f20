import { isImageName } from "../../domain/image-name.ts";
import type { RecordedMember } from "../../domain/manifest.ts";
import { messageOf, StackholdError } from "../../errors.ts";
import type { Image } from "../../ports/engine.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { loadFromPoint } from "./image-from-point.ts";

/** What a container is made from, and what to say of it. */
export interface Obtained {
  readonly reference: string;
  readonly warnings: readonly string[];
}

export function imagesMissing(names: readonly string[]): StackholdError {
  return new StackholdError("IMAGE_MISSING", `images are missing: ${names.join(", ")}`, {
    hint: "load or build them (docker load, docker build) and run again; nothing was touched",
  });
}

async function known(
  references: readonly (string | undefined)[],
  { engine }: Deps,
): Promise<{ readonly reference: string; readonly image: Image } | undefined> {
  for (const reference of references) {
    const image = reference === undefined ? undefined : await engine.image(reference);
    if (reference !== undefined && image !== undefined) return { reference, image };
  }
  return undefined;
}

/** Whether a registry gave it; where there is no reference none was asked. */
async function pulled(
  reference: string | undefined,
  deps: Deps,
  context: Context,
): Promise<boolean> {
  if (reference === undefined) return false;
  try {
    await deps.engine.pull(reference, context.signal);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    const message = `${reference} cannot be pulled: ${messageOf(error)}`;
    context.emit({ type: "log", level: "warning", message });
    return false;
  }
}

/** What its name means by now, or what a registry has under it. */
async function another(
  { image: { reference, digest, id } }: RecordedMember,
  deps: Deps,
  context: Context,
): Promise<Obtained | undefined> {
  const before = await deps.engine.image(reference);
  if (before === undefined && !(await pulled(reference, deps, context))) return undefined;
  const found = before ?? (await deps.engine.image(reference));
  if (found === undefined) return undefined;
  if (found.id === id) return { reference, warnings: [] };
  const warning = `${reference} is another image than the one that ran (${digest ?? id}), which cannot be had any more`;
  return { reference, warnings: [warning] };
}

/** From the point, else from a registry. */
async function fetched(
  member: RecordedMember,
  reader: PointReader,
  deps: Deps,
  context: Context,
): Promise<boolean> {
  return (
    (await loadFromPoint(member, reader, deps, context)) ||
    (await pulled(member.image.digest, deps, context))
  );
}

/**
 * Finds the image that a container ran: by its name, its digest or its id, else in the point, else
 * by a pull, of the digest first. One without a name gets its name again; a name that means another image by now
 * stays with that. IMAGE_MISSING.
 */
export async function obtainImage(
  member: RecordedMember,
  reader: PointReader,
  deps: Deps,
  context: Context,
): Promise<Obtained> {
  const { reference, digest, id } = member.image;
  const named = await deps.engine.image(reference);
  if (named?.id === id) return { reference, warnings: [] };
  const own = [digest, id];
  const kept =
    (await known(own, deps)) ??
    ((await fetched(member, reader, deps, context)) ? await known(own, deps) : undefined);
  if (kept === undefined) {
    const other = await another(member, deps, context);
    if (other === undefined) throw imagesMissing([reference]);
    return other;
  }
  if (named === undefined && isImageName(reference)) {
    await deps.engine.tag(kept.image.id, reference);
    return { reference, warnings: [] };
  }
  const warnings =
    named === undefined
      ? []
      : [`${reference} is another image by now: ${member.name} is made of ${kept.reference}`];
  return { reference: kept.reference, warnings };
}
