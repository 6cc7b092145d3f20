import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { aptInstall } from "./debian.ts";
import { installKopia } from "./kopia.ts";
import { needed } from "./missing.ts";
import { cacheDir, findProgram } from "./paths.ts";
import { note } from "./print.ts";
import { run } from "./run.ts";

const version = "7.9.0";

export interface InstalledKopiDocka {
  readonly program: string;
  readonly version: string;
  /** Has `kopia` in it, which it looks for on PATH. */
  readonly kopiaDirectory: string;
}

/** The program from PyPI in an environment of its own, and the Kopia that it drives. */
export async function installKopiDocka(): Promise<InstalledKopiDocka> {
  const kopiaDirectory = dirname(await installKopia());
  const environment = join(cacheDir(), `kopi-docka-${version}`);
  const program = join(environment, "bin", "kopi-docka");
  if (!existsSync(program)) await fill(environment);
  return { program, version, kopiaDirectory };
}

async function fill(environment: string): Promise<void> {
  note(`installing kopi-docka ${version}`);
  const make = ["python3", "-m", "venv", "--clear", environment];
  const hasPython = findProgram("python3") !== undefined;
  const made = hasPython ? (await run(make, { allowFailure: true })).code : 1;
  if (made !== 0) {
    await aptInstall("kopi-docka", ["python3-venv"]);
    await run(make);
  }
  const pip = [join(environment, "bin", "pip"), "install", "--quiet", `kopi-docka==${version}`];
  const failed = "kopi-docka could not be installed: check the network and pip's index.";
  await needed("kopi-docka", failed, () => run(pip));
}
