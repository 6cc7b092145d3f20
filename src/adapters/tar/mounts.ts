import { readFile } from "node:fs/promises";

export interface Mount {
  /** The kernel's number, until it is unmounted. */
  readonly id: string;
  readonly point: string;
  /** As the kernel names it: `ext4`, `nfs4`, `fuse.sshfs`, … */
  readonly fileSystem: string;
  /** What is mounted: a device mostly. */
  readonly source: string;
  /** Of the file system, e.g. `upperdir=…`. */
  readonly options: readonly string[];
}

/** Mounts of this namespace in the order they were made; proc(5): mountinfo, blanks as octal. */
export async function readMounts(): Promise<readonly Mount[]> {
  return parseOnce(await readFile("/proc/self/mountinfo", "latin1"));
}

/** Asked for again and again, by every source: each running container has two mounts with long options. */
const parseOnce = rememberLast(parseMounts);

function rememberLast<T>(parse: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly parsed: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, parsed: parse(text) };
    return last.parsed;
  };
}

function parseMounts(text: string): readonly Mount[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [mount = "", superBlock = ""] = line.split(" - ");
      const [fileSystem = "", source = "", options = ""] = superBlock.split(" ");
      const [id = "", , , , point = ""] = mount.split(" ");
      return {
        id,
        point: unescapeOctal(point),
        fileSystem,
        source: unescapeOctal(source),
        options: options.split(",").map(unescapeOctal),
      };
    });
}

export async function readMountPoints(): Promise<string[]> {
  return (await readMounts()).map(({ point }) => point);
}

/** The mount point that a path lies on. */
export function mountPointOf(path: string, points: readonly string[]): string {
  const holding = points.filter((point) => isWithin(path, point));
  return holding.reduce((best, point) => (point.length > best.length ? point : best), "/");
}

/** The last one mounted there covers the others. */
export function mountAt(point: string, mounts: readonly Mount[]): Mount | undefined {
  return mounts.findLast((mount) => mount.point === point);
}

/** Mount points below a path, itself not counted. */
export function mountsBelow(path: string, points: readonly string[]): string[] {
  return points.filter((point) => point !== path && isWithin(point, path));
}

function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || ancestor === "/" || path.startsWith(`${ancestor}/`);
}

const plain = /^[ -[\]-~]*$/;

function unescapeOctal(field: string): string {
  if (plain.test(field)) return field;
  const bytes = field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
