import {
  activeConfiguration,
  borrowsVolumes,
  changedServices,
  hashedConfiguration,
  isHashed,
} from "../../domain/recipe/configuration.ts";
import type { Findings } from "../../domain/recipe/gathered.ts";
import type { Json } from "../../domain/recipe/redact.ts";
import type { Member, Unit } from "../../domain/unit.ts";
import type { AnswerSources } from "../../ports/composer.ts";
import { composeProject } from "../compose-project.ts";
import type { Deps } from "../context.ts";

export const resolvedPath = "config.resolved.yaml";

/**
 * The configuration as Compose resolves it, and whether the containers were made of it. A stack
 * whose paths a manager sees elsewhere is not compared: its hashes are of those paths. Nor are
 * services with `volumes_from`.
 */
export async function resolvedConfiguration(
  unit: Unit,
  members: readonly Member[],
  sources: AnswerSources | undefined,
  { composer }: Pick<Deps, "composer">,
): Promise<Findings> {
  const project = composeProject(unit);
  if (project === undefined) return {};
  const { json, unset } = await composer.resolve(project, sources);
  const whole = JSON.parse(json) as Json;
  const present = new Set(members.flatMap(({ service }) => service ?? []));
  const document = activeConfiguration(whole, present);
  const documents = [{ path: resolvedPath, document, form: "yaml" }] as const;
  const borrowing = borrowsVolumes(whole);
  const compared = members.filter(
    (member) => isHashed(member) && !borrowing.has(member.service ?? ""),
  );
  if (unit.seenAs !== undefined || compared.length === 0) return { documents };
  const hashed = JSON.stringify(hashedConfiguration(whole, members));
  const hashes = await composer.hashes(project, hashed, sources);
  return { documents, gaps: changedServices(compared, hashes, unset) };
}
