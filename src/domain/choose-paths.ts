import { StackholdError } from "../errors.ts";
import type { ChosenPart, InnerPart } from "./choose-parts.ts";
import { formatPart } from "./part.ts";
import { isInside } from "./refused-paths.ts";

function usage(message: string, hint: string): StackholdError {
  return new StackholdError("USAGE", message, { hint });
}

/** Of the one part that was chosen only what lies at these paths, relative to its root. */
export function choosePaths(
  chosen: readonly ChosenPart[],
  paths: readonly string[],
): readonly ChosenPart[] {
  if (paths.length === 0) return chosen;
  const [one, ...others] = chosen;
  const [id = one?.part, ...more] = one?.only ?? [];
  if (one === undefined || id === undefined || others.length > 0 || more.length > 0) {
    throw usage(
      "--path goes with one --part",
      "name the part that the paths are in: --part volume:data",
    );
  }
  if (one.part.type === "file") {
    throw usage(`${formatPart(id)} is a single file`, "leave --path away");
  }
  if (paths.includes("")) return chosen;
  const apart = [...new Set(paths)].filter(
    (path) => !paths.some((other) => other !== path && isInside(path, other)),
  );
  const base = one.only === undefined ? "" : `${one.only[0]?.path}/`;
  const only = apart.map((within): InnerPart => {
    const { kind, name } = id;
    return { kind, name, path: `${base}${within}`, within };
  });
  return [{ part: one.part, only }];
}
