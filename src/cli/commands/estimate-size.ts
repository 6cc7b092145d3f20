import type { Command } from "commander";
import { effectivePolicy } from "../../config/policy.ts";
import type { EstimateResult } from "../../domain/estimate-result.ts";
import { exitCodeOf } from "../../domain/exit-code.ts";
import type { Unit } from "../../domain/unit.ts";
import { estimateUnits } from "../../operations/estimate/estimate-units.ts";
import type { Answer, App, Session } from "../app.ts";
import { estimateText, repositoryText } from "../format/estimate-text.ts";
import { mentionsOf } from "./mentions.ts";
import { answer, globals } from "./shared.ts";

const codesOf = (all: readonly { readonly error?: { readonly code: string } | undefined }[]) =>
  all.flatMap(({ error }) => (error === undefined ? [] : [exitCodeOf(error.code)]));

/** As of a backup: one unit's failure keeps its code, a repository that takes nothing is a warning. */
function exitCode({ units, repositories }: EstimateResult): number {
  const failed = codesOf(units);
  if (failed.length > 0) return units.length === 1 ? (failed[0] ?? 1) : 1;
  const silent = codesOf(repositories);
  if (silent.length > 0 && silent.length === repositories.length) return silent[0] ?? 1;
  return silent.length > 0 || repositories.some(({ enough }) => enough === false) ? 3 : 0;
}

async function estimate(
  { loaded, deps, context }: Session,
  named: readonly string[],
  app: App,
): Promise<Answer> {
  const { backup } = loaded.config;
  const isNamed = named.length > 0;
  const input = {
    units: isNamed ? named : backup.units,
    skip: isNamed ? [] : backup.skip,
    mentions: isNamed ? [] : mentionsOf(loaded.config),
    policyFor: ({ name, containers }: Unit) => effectivePolicy(loaded, name, containers).value,
  };
  const document = await estimateUnits(input, deps, context);
  for (const repository of document.repositories) {
    if (repository.enough !== false && repository.error === undefined) continue;
    context.emit({ type: "warning", message: `repository ${repositoryText(repository)}` });
  }
  return answer(document, (shown) => estimateText(shown, app), exitCode(document));
}

export function addEstimateSize(snapshot: Command, app: App): void {
  snapshot
    .command("estimate-size")
    .description("what a backup would read and store, and whether there is room")
    .argument("[unit...]")
    .action((units: string[], _flags: object, command: Command) =>
      app.run("query", globals(command), (session) => estimate(session, units, app)),
    );
}
