import type { HookCommand } from "../domain/hooks.ts";
import { asStackholdError } from "../errors.ts";
import { type Mention, unknownMentions } from "./backup/select-units.ts";
import type { Deps } from "./context.ts";
import { discoverUnits } from "./discover-units.ts";

export interface HostCheck {
  /** Directories that the configuration names, with its key. */
  readonly directories: readonly { readonly key: string; readonly path: string }[];
  readonly mentions: readonly Mention[];
  readonly hooks: readonly { readonly key: string; readonly argv: HookCommand }[];
}

export function notLooked(error: unknown): string {
  const { message } = asStackholdError(error);
  return `it could not be looked whether the units that are named are here: ${message}`;
}

async function absentDirectories(
  { directories }: HostCheck,
  { stackFiles }: Pick<Deps, "stackFiles">,
): Promise<string[]> {
  const told = await Promise.all(
    directories.map(async ({ key, path }) => {
      const found = await stackFiles.list(path).catch(asStackholdError);
      if (found === undefined) return `${key}: there is no directory ${path}`;
      return found instanceof Error ? `${key}: ${found.message}` : undefined;
    }),
  );
  return told.filter((message) => message !== undefined);
}

/** A backup or restore of a unit that has one of these would be refused. */
async function refusedHooks(
  { hooks: named }: HostCheck,
  { hooks }: Pick<Deps, "hooks">,
): Promise<string[]> {
  const told = await Promise.all(
    named.map(async ({ key, argv }) => {
      const refused = await hooks.check(argv).then(() => undefined, asStackholdError);
      return refused === undefined ? [] : [`${key}: ${refused.message}`];
    }),
  );
  return told.flat();
}

/** Nothing is asked of the repositories themselves, which may be far away. */
async function missingTools({ repositories }: Pick<Deps, "repositories">): Promise<string[]> {
  const told = await Promise.all(
    repositories.map(async ({ name, tools = async () => ({}) }) => {
      const missing = await tools().then(() => undefined, asStackholdError);
      return missing === undefined ? [] : [`repositories.${name}: ${missing.message}`];
    }),
  );
  return told.flat();
}

/** What a valid configuration names and this host does not have. */
export async function checkHost(
  input: HostCheck,
  deps: Pick<Deps, "stackFiles" | "engine" | "settings" | "hooks" | "repositories">,
): Promise<string[]> {
  const absent = [
    ...(await absentDirectories(input, deps)),
    ...(await refusedHooks(input, deps)),
    ...(await missingTools(deps)),
  ];
  if (input.mentions.length === 0) return absent;
  try {
    const { units } = await discoverUnits(deps.settings, deps);
    return [...absent, ...unknownMentions(units, input.mentions)];
  } catch (error) {
    return [...absent, notLooked(error)];
  }
}
