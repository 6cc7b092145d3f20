import type { RecordedMember } from "../../domain/manifest.ts";
import { messageOf, StackholdError } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";

async function available(member: RecordedMember, deps: Deps, context: Context): Promise<boolean> {
  const { reference, digest } = member.image;
  if ((await deps.engine.image(reference)) !== undefined) return true;
  try {
    await deps.engine.pull(reference, context.signal);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = messageOf(error);
    const message = `${reference}${digest === undefined ? "" : ` (${digest})`} cannot be pulled: ${reason}`;
    context.emit({ type: "log", level: "warning", message });
    return false;
  }
}

export function imagesMissing(names: readonly string[]): StackholdError {
  return new StackholdError("IMAGE_MISSING", `images are missing: ${names.join(", ")}`, {
    hint: "load or build them (docker load, docker build) and run again; nothing was touched",
  });
}

/** Names every image that is needed to create containers and that cannot be had. */
export async function requireImages(
  missing: readonly RecordedMember[],
  deps: Deps,
  context: Context,
): Promise<void> {
  const lacking: string[] = [];
  const seen = new Set<string>();
  for (const member of missing) {
    if (seen.has(member.image.reference)) continue;
    seen.add(member.image.reference);
    if (!(await available(member, deps, context))) lacking.push(member.image.reference);
  }
  if (lacking.length > 0) throw imagesMissing(lacking);
}
