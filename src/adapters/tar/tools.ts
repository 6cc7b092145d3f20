import { isAtLeast } from "../../domain/version.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { Runner } from "../../exec/runner.ts";

interface Tool {
  readonly program: string;
  /** Finds the version in what `--version` prints; no match means another program of that name. */
  readonly version: RegExp;
  /** The first version that is known to have all that is used of it. */
  readonly oldest: string;
  readonly debianPackage: string;
}

/** tar: `--xattrs-include`, see NEWS of 1.27.1 at https://www.gnu.org/software/tar. */
const needed: readonly Tool[] = [
  tool("tar", /^tar \(GNU tar\) (\S+)/, "1.28"),
  tool("find", /^find \(GNU findutils\) (\S+)/, "4.4", "findutils"),
  tool("zstd", /\bv(\d+\.\d+\.\d+)/, "1.3.4"),
  tool("gzip", /^gzip (\S+)/, "1.4"),
  tool("sort", /^sort \(GNU coreutils\) (\S+)/, "8.0", "coreutils"),
];

/** For trees of which another program keeps the files. */
const neededBeside: readonly Tool[] = [
  tool("getfattr", /^getfattr (\d\S*)/, "2.4", "attr"),
  tool("setfattr", /^setfattr (\d\S*)/, "2.4", "attr"),
];

function tool(program: string, version: RegExp, oldest: string, debianPackage = program): Tool {
  return { program, version, oldest, debianPackage };
}

type Versions = Readonly<Record<string, string>>;

/** TOOL_MISSING for what is missing, too old, or another program of that name. */
export async function tools(runner: Runner): Promise<Versions> {
  // What is known now need not be asked while a unit is down.
  const [versions] = await Promise.all([requireTools(runner, needed), runner.canDieWithParent()]);
  return versions;
}

/** The same of what is needed besides for a tree of which another program keeps the files. */
export async function toolsBeside(runner: Runner): Promise<Versions> {
  return requireTools(runner, neededBeside);
}

async function requireTools(runner: Runner, wanted: readonly Tool[]): Promise<Versions> {
  const asking = wanted.map(async (one) => {
    const found = await look(runner, one);
    if ("version" in found && isAtLeast(found.version, one.oldest)) {
      return [one.program, found.version] as const;
    }
    throw unfit(one, found);
  });
  return Object.fromEntries(await Promise.all(asking));
}

/** The same for people, who want to see all of them: null for what is not there. */
export async function installedTools(
  runner: Runner,
): Promise<Readonly<Record<string, string | null>>> {
  const versions = await Promise.all(
    [...needed, ...neededBeside].map(async (one) => {
      const found = await look(runner, one);
      return [one.program, "version" in found ? found.version : null] as const;
    }),
  );
  return Object.fromEntries(versions);
}

type Found = { readonly version: string } | { readonly says: string } | { readonly missing: true };

async function look(runner: Runner, { program, version }: Tool): Promise<Found> {
  try {
    const options = { stdout: "capture", timeoutMs: 10_000 } as const;
    const { stdout } = await runner.run({ program, args: ["--version"] }, options);
    const said = stdout.toString("utf8");
    const [, found] = version.exec(said) ?? [];
    return found === undefined ? { says: said.split("\n", 1)[0] ?? "" } : { version: found };
  } catch (failure) {
    if (isErrorCode(failure, "TOOL_MISSING")) return { missing: true };
    throw failure;
  }
}

function unfit({ program, oldest, debianPackage }: Tool, found: Found): StackholdError {
  const reason =
    "missing" in found
      ? "is not installed"
      : "version" in found
        ? `${found.version} is too old: ${oldest} or newer is needed`
        : `is not the one that is needed${found.says === "" ? "" : ` (it says "${found.says}")`}`;
  return new StackholdError("TOOL_MISSING", `${program} ${reason}`, {
    hint: `apt-get install ${debianPackage}`,
  });
}
