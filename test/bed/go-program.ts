import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MissingComponent, needed } from "./missing.ts";
import { cacheDir, findProgram } from "./paths.ts";
import { note } from "./print.ts";
import { run } from "./run.ts";

export interface GoProgram {
  /** Of the program, the component, and the directory here with its `go.mod`. */
  readonly name: string;
  readonly module: string;
  /** The package to build; the module's root where absent. */
  readonly package?: string;
  /** For the linker, from the version. */
  readonly stamp?: (version: string) => string;
}

/** The path of a program in the version that its `go.mod` here names; built once, which takes minutes. */
export async function installGoProgram(wanted: GoProgram): Promise<string> {
  const { name, module, stamp } = wanted;
  const directory = join(import.meta.dirname, name);
  const required = new RegExp(`${module} v(\\S+)`);
  const version = required.exec(await readFile(join(directory, "go.mod"), "utf8"))?.[1] ?? "";
  const program = join(cacheDir(), `${name}-${version}`, name);
  if (existsSync(program)) return program;
  const go = [findProgram("go"), "/usr/local/go/bin/go"].find((path) => path && existsSync(path));
  if (go === undefined) {
    throw new MissingComponent(
      name,
      `${name} is built by Go 1.25 or newer: install it from go.dev.`,
    );
  }
  note(`building ${name} ${version}`);
  await mkdir(dirname(program), { recursive: true });
  const built = `${program}.${process.pid}`;
  const flags = stamp === undefined ? [] : ["-ldflags", stamp(version)];
  await needed(name, `${name} could not be built: check the network and GOPROXY.`, () =>
    run([go, "build", ...flags, "-o", built, wanted.package ?? module], { cwd: directory }),
  );
  await rename(built, program);
  return program;
}
