import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const functions = fileURLToPath(
  new URL("../../../src/adapters/script-files/functions.sh", import.meta.url),
);

const script = `. "$1"
act=restore what=data place=$2 hot=$3 deleted=$4 delta=$5 listing=$6
unpack_part directory`;

/** Unpacks a part of a point as the scripts of `--script` do; returns where, and what they said. */
export function unpackWithFunctions(scratch: string, point: string, stem: string, end: string) {
  const work = join(scratch, "scripts");
  const place = join(work, "place");
  mkdirSync(place, { recursive: true });
  symlinkSync(point, join(work, "data"));
  const names = [`.tar${end}`, ".deleted", `.delta.tar${end}`, `.list${end}`]
    .map((suffix) => `${stem}${suffix}`)
    .map((name) => (existsSync(join(point, name)) ? name : ""));
  const { status, stderr } = spawnSync("sh", ["-uc", script, "sh", functions, place, ...names], {
    cwd: work,
    encoding: "utf8",
  });
  return { status, stderr, tree: join(place, "new") };
}
