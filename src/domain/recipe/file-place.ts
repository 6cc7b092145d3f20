import { isInside } from "../refused-paths.ts";

/**
 * Where the recipe has a file of the host: below the project directory at its relative place, any
 * other one at its whole path below `outside`.
 */
export function filePlace(path: string, projectDir: string): string {
  if (path !== projectDir && isInside(path, projectDir)) {
    return `compose/${path.slice(projectDir === "/" ? 1 : projectDir.length + 1)}`;
  }
  return `outside${path}`;
}
