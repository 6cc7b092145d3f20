import { isAtLeast } from "../../domain/version.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { Runner } from "../../exec/runner.ts";

export const program = "kopia";
/** The first version that is known to have all that is used of it. */
const oldest = "0.22.0";

const hint = `install Kopia ${oldest} or newer (https://kopia.io/docs/installation)`;

/** Kopia's version; TOOL_MISSING where it is missing, too old, or another program of that name. */
export async function requireKopia(runner: Pick<Runner, "run">): Promise<string> {
  const said = await ask(runner);
  if (said === undefined) throw unfit(`is not installed: ${oldest} or newer is needed`);
  const version = versionIn(said);
  if (version === undefined) {
    throw unfit(`says "${said.split("\n", 1)[0]}" as its version: ${oldest} or newer is needed`);
  }
  if (!isAtLeast(version, oldest)) {
    throw unfit(`${version} is too old: ${oldest} or newer is needed`);
  }
  return version;
}

/** The same for people: null where it is not there. */
export async function installedKopia(runner: Pick<Runner, "run">): Promise<string | null> {
  return versionIn((await ask(runner)) ?? "") ?? null;
}

const versionIn = (said: string) => /^(\d+\.\d+\.\d+\S*) build:/.exec(said)?.[1];

async function ask(runner: Pick<Runner, "run">): Promise<string | undefined> {
  try {
    const options = { stdout: "capture", timeoutMs: 10_000 } as const;
    const { stdout } = await runner.run({ program, args: ["--version"] }, options);
    return stdout.toString("utf8");
  } catch (failure) {
    if (isErrorCode(failure, "TOOL_MISSING")) return undefined;
    throw failure;
  }
}

function unfit(reason: string): StackholdError {
  return new StackholdError("TOOL_MISSING", `kopia ${reason}`, { hint });
}
