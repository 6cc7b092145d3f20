import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MissingComponent, needed } from "./missing.ts";
import { cacheDir, findProgram } from "./paths.ts";
import { note } from "./print.ts";
import { run } from "./run.ts";

const module = "github.com/kopia/kopia";
const directory = join(import.meta.dirname, "kopia");

/** The path of Kopia in the version that `kopia/go.mod` names; built once, which takes minutes. */
export async function installKopia(): Promise<string> {
  const required = new RegExp(`${module} v(\\S+)`);
  const version = required.exec(await readFile(join(directory, "go.mod"), "utf8"))?.[1] ?? "";
  const program = join(cacheDir(), `kopia-${version}`, "kopia");
  if (existsSync(program)) return program;
  const go = [findProgram("go"), "/usr/local/go/bin/go"].find((path) => path && existsSync(path));
  if (go === undefined) {
    throw new MissingComponent(
      "kopia",
      "Kopia is built by Go 1.25 or newer: install it from go.dev.",
    );
  }
  note(`building kopia ${version}`);
  await mkdir(dirname(program), { recursive: true });
  const built = `${program}.${process.pid}`;
  const stamp = `-X ${module}/repo.BuildVersion=${version}`;
  await needed("kopia", "Kopia could not be built: check the network and GOPROXY.", () =>
    run([go, "build", "-ldflags", stamp, "-o", built, module], { cwd: directory }),
  );
  await rename(built, program);
  return program;
}
