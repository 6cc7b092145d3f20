import { lastingInspection } from "../../../domain/recipe/lasting-inspection.ts";
import { type Json, redact } from "../../../domain/recipe/redact.ts";
import { creationOf } from "../../../domain/standalone/creation.ts";
import { differences } from "../../../domain/standalone/differences.ts";
import { findContainer, withReferences } from "../../../domain/standalone/references.ts";
import { isErrorCode, messageOf } from "../../../errors.ts";
import type { Engine } from "../../../ports/engine.ts";
import type { PointReader } from "../../../ports/repository.ts";
import type { Context, Deps } from "../../context.ts";
import type { Survey } from "../survey.ts";
import { readRecipe, type StoredRecipe } from "./read-recipe.ts";

async function fieldsChanged(
  recipe: StoredRecipe,
  container: string,
  hostName: string,
  engine: Engine,
): Promise<string[]> {
  const present = lastingInspection(await engine.inspectRaw(container));
  const shown = (document: Json) => (recipe.hasSecrets ? document : redact(document).document);
  const others = await engine.containers();
  const nameNow = (reference: string) => findContainer(reference, others)?.name ?? reference;
  const before = withReferences(
    creationOf(recipe.inspection, { hostName }),
    (reference) => recipe.containers[reference] ?? reference,
  );
  const { name } = await engine.info();
  const now = withReferences(creationOf(shown(present), { hostName: name }), nameNow);
  return differences(before, now);
}

/** Says in what the container that is there is not the one that was stored; it is used as it is. */
export async function changedSince(
  reader: PointReader,
  { members }: Survey,
  deps: Deps,
  context: Context,
): Promise<string[]> {
  const { manifest } = reader;
  const [recorded] = manifest.members;
  const member = members.find(({ name }) => name === recorded?.name);
  if (recorded === undefined || member === undefined) return [];
  try {
    const recipe = await readRecipe(reader, recorded.name, context.signal);
    if (recipe === undefined) return [];
    const { name } = manifest.engine;
    const isAnother = member.imageId !== recorded.image.id;
    const fields = [
      ...(isAnother ? ["the image itself"] : []),
      ...(await fieldsChanged(recipe, member.id, name, deps.engine)),
    ];
    if (fields.length === 0) return [];
    return [
      `${member.name} is not as it was stored and stays as it is (${fields.join(", ")}): remove it and restore again to have it as it was`,
    ];
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isErrorCode(error, "POINT_DAMAGED")) throw error;
    return [`whether ${member.name} is as it was stored is not known: ${messageOf(error)}`];
  }
}
