import { composeProjectOf } from "../../../domain/discovery/compose-labels.ts";
import { type ContainerCreation, networkModeOf } from "../../../domain/standalone/creation.ts";
import { isUserNetwork } from "../../../domain/standalone/endpoints.ts";
import {
  findContainer,
  needOf,
  referencesOf,
  withReferences,
} from "../../../domain/standalone/references.ts";
import { StackholdError } from "../../../errors.ts";
import type { Deps } from "../../context.ts";

/** A container of a stack may have got the name meanwhile. */
export async function refuseNameTaken(name: string, deps: Deps): Promise<void> {
  const holder = (await deps.engine.containers()).find((one) => one.name === name);
  if (holder === undefined) return;
  const stack = composeProjectOf(holder.labels) ?? "another unit";
  throw new StackholdError("RESTORE_FAILED", `a container of ${stack} is named ${name} by now`, {
    hint: "nothing was touched: rename or remove it, or restore with --to directory:DIR",
  });
}

/**
 * The same with the containers that it uses as they are called now: an id in place of an id, since
 * the one that was recorded went with its container. Throws where one of them is not there.
 */
export async function resolveReferences(
  creation: ContainerCreation,
  names: Readonly<Record<string, string>>,
  deps: Deps,
): Promise<ContainerCreation> {
  const references = referencesOf(creation);
  if (references.length === 0) return creation;
  const present = await deps.engine.containers();
  const found = new Map<string, string>();
  const lacking: string[] = [];
  for (const reference of references) {
    const name = names[reference];
    const container = findContainer(name ?? reference, present);
    if (container !== undefined)
      found.set(reference, name === undefined ? reference : container.id);
    else lacking.push(`${name ?? reference} (${needOf(creation, reference)})`);
  }
  if (lacking.length > 0) {
    throw new StackholdError(
      "RESTORE_FAILED",
      `${creation.name} uses containers that are not there: ${lacking.join(", ")}`,
      { hint: "nothing was touched: restore or create them first, then run this again" },
    );
  }
  return withReferences(creation, (reference) => found.get(reference) ?? reference);
}

/** Networks that somebody made, and that the container is joined to; `coming` will be made before it. */
export async function requireNetworks(
  creation: ContainerCreation,
  coming: ReadonlySet<string>,
  deps: Deps,
): Promise<void> {
  const mode = networkModeOf(creation.hostConfig);
  const wanted = new Set([mode, ...Object.keys(creation.networks)].filter(isUserNetwork));
  const present = new Set((await deps.engine.networks()).map(({ name }) => name));
  const lacking = [...wanted].filter((name) => !present.has(name) && !coming.has(name));
  if (lacking.length === 0) return;
  throw new StackholdError(
    "RESTORE_FAILED",
    `${creation.name} is joined to networks that are not there: ${lacking.join(", ")}`,
    { hint: "nothing was touched: create them (docker network create), then run this again" },
  );
}
