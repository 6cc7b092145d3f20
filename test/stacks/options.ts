import { parseArgs } from "node:util";
import { type FixtureName, fixtures } from "./fixtures/all.ts";
import { type RepositoryKind, repositories } from "./repositories.ts";
import { type Scope, scopes, type Way, ways } from "./ways.ts";

export interface Options {
  readonly names: readonly FixtureName[];
  readonly scopes: readonly Scope[];
  readonly ways: readonly Way[];
  readonly repository: RepositoryKind;
  /** Fixtures at once, each on two engines of its own. */
  readonly lanes: number;
}

export const usage =
  "usage: node test/stacks/main.ts [--only NAME]… [--scope SCOPE]… [--way WAY]… [--repository KIND] [--lanes N]";

/** Throws TypeError. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true },
      scope: { type: "string", multiple: true },
      way: { type: "string", multiple: true },
      repository: { type: "string", default: "archive" },
      lanes: { type: "string", default: "2" },
    },
  });
  if (!/^[1-9]$/.test(values.lanes)) throw new TypeError(`not a number of lanes: ${values.lanes}`);
  const [repository = "archive"] = chosen(repositories, [values.repository]);
  return {
    repository,
    names: chosen(Object.keys(fixtures) as FixtureName[], values.only),
    scopes: chosen(scopes, values.scope),
    ways: chosen(ways, values.way),
    lanes: Number(values.lanes),
  };
}

function chosen<T extends string>(
  all: readonly T[],
  wanted: readonly string[] | undefined,
): readonly T[] {
  for (const name of wanted ?? []) {
    if (!all.some((one) => one === name))
      throw new TypeError(`not one of ${all.join(", ")}: ${name}`);
  }
  return wanted === undefined ? all : all.filter((one) => wanted.includes(one));
}
