import { readFile } from "node:fs/promises";

/** Mount points of this namespace; proc(5): the fifth field of mountinfo, blanks as octal. */
export async function readMountPoints(): Promise<string[]> {
  const text = await readFile("/proc/self/mountinfo", "latin1");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => unescapeOctal(line.split(" ")[4] ?? ""));
}

/** The mount point that a path lies on. */
export function mountPointOf(path: string, points: readonly string[]): string {
  const holding = points.filter((point) => isWithin(path, point));
  return holding.reduce((best, point) => (point.length > best.length ? point : best), "/");
}

/** Mount points below a path, itself not counted. */
export function mountsBelow(path: string, points: readonly string[]): string[] {
  return points.filter((point) => point !== path && isWithin(point, path));
}

function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || ancestor === "/" || path.startsWith(`${ancestor}/`);
}

function unescapeOctal(field: string): string {
  const bytes = field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
