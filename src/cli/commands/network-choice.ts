import { Option } from "commander";
import type { NetworkChoice } from "../../domain/networks/plan.ts";
import { StackholdError } from "../../errors.ts";
import type { NetworkConflict } from "../../operations/restore/preview-restore.ts";
import type { App } from "../app.ts";
import { nothingTouched } from "./confirm.ts";

const ways = ["keep", "recreate", "ask"] as const;
export type NetworksFlag = (typeof ways)[number];

export function networksOption(): Option {
  const what = "networks that differ from the point: keep, recreate or ask";
  return new Option(
    "--networks <answer>",
    `${what} (default: ask on a terminal, else keep)`,
  ).choices(ways);
}

/** Who says yes to everything beforehand does not want to be asked. */
export function networksWay(
  flag: NetworksFlag | undefined,
  at: { readonly isTerminal: boolean; readonly yes: boolean },
): NetworksFlag {
  return flag ?? (at.isTerminal && !at.yes ? "ask" : "keep");
}

function questionOf({ name, differences, others }: NetworkConflict): string {
  const aside =
    others.length === 0 ? "" : ` ${others.join(", ")} would leave it for a moment and come back.`;
  return `The network ${name} is not as it was: ${differences.join("; ")}.${aside} Make it anew?`;
}

/** The names of those to be made anew. CANCELLED where somebody quits: nothing is touched yet. */
export async function chosenNetworks(
  conflicts: readonly NetworkConflict[],
  app: Pick<App, "isTerminal" | "decide">,
): Promise<NetworkChoice> {
  const [first] = conflicts;
  if (first !== undefined && !app.isTerminal) {
    const names = conflicts.map(({ name }) => name).join(", ");
    throw new StackholdError("CONFIRMATION_REQUIRED", `networks are not as they were: ${names}`, {
      hint: "nobody is there to be asked: --networks keep leaves them as they are, --networks recreate makes them anew",
    });
  }
  const chosen: string[] = [];
  for (const conflict of conflicts) {
    const decision = await app.decide(questionOf(conflict));
    if (decision === "quit") throw nothingTouched();
    if (decision === "yes") chosen.push(conflict.name);
  }
  return chosen;
}

/** A flag that would do nothing is refused. */
export function refuseNetworks(
  flag: NetworksFlag | undefined,
  to: string,
  hasParts: boolean,
): void {
  if (flag === undefined || (to === "in-place" && !hasParts)) return;
  throw new StackholdError("USAGE", "--networks is for restores in place of a whole unit", {
    hint: "a copy keeps external networks as they are, a directory has none, and with --part networks that are there stay",
  });
}
