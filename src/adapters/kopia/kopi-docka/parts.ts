import { posix } from "node:path";
import { digest } from "../../../digest.ts";
import type { StoredPart } from "../../../domain/manifest.ts";
import { type PartId, partDirectory } from "../../../domain/part.ts";
import { isInside } from "../../../domain/refused-paths.ts";
import { volumePartName } from "../../../domain/sources/volume-finding.ts";
import { type Content, type FoundPart, measureOf, type Planted } from "./contents.ts";
import { type Group, type GroupedPart, isStream } from "./groups.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { Shortcoming } from "./shortcomings.ts";
import type { StoredFile } from "./stored-file.ts";

/** What was read of a point: its small files in the form of docs/format.md. */
export interface SmallParts {
  readonly recipe?: readonly StoredFile[];
  readonly networks?: readonly StoredFile[];
  readonly engine?: readonly StoredFile[];
}

function found(
  id: PartId,
  source: string,
  content: Content,
  of: { readonly type?: StoredPart["type"]; readonly lacks?: readonly string[] } = {},
): FoundPart {
  const { bytes, files } = measureOf(content);
  const part: StoredPart = {
    kind: id.kind,
    name: id.name,
    source,
    type: of.type ?? "directory",
    bytes,
    files,
    // Kopia does not tell what it takes.
    storedBytes: bytes,
    deltaBytes: 0,
    freeze: "none",
    archives: [
      {
        file: `${partDirectory(id, digest)}.tar`,
        role: "hot",
        compression: "none",
        bytes,
        sha256: "0".repeat(64),
      },
    ],
  };
  return { part, content, lacks: of.lacks ?? [] };
}

const typeOf = ({ snapshot }: GroupedPart): StoredPart["type"] =>
  snapshot.rootEntry?.type === "f" ? "file" : "directory";

/** Of binds in one another the outer ones, which hold the others' data. */
function outermost(binds: readonly GroupedPart[]): GroupedPart[] {
  const isAround = (one: GroupedPart, other: GroupedPart) =>
    one !== other && typeOf(one) === "directory" && isInside(other.source, one.source);
  return binds.filter((bind) => !binds.some((other) => isAround(other, bind)));
}

/** As of Stackhold's own points: what is mounted from the project directory is stored in it. */
function projectPart(
  { workingDir, files }: ProjectFiles,
  inside: readonly GroupedPart[],
  lacks: readonly string[],
): FoundPart {
  const trees = inside.map(
    ({ source, snapshot }): Planted => ({ at: posix.relative(workingDir, source), snapshot }),
  );
  const covered = (path: string) => trees.some(({ at }) => at === "" || isInside(path, at));
  const own = files.filter(({ path }) => !covered(path));
  const id = { kind: "project", name: "" } as const;
  const whole = found(id, workingDir, { form: "tree", files: own, trees }, { lacks });
  const isAll = trees.some(({ at }) => at === "");
  return isAll ? whole : { ...whole, part: { ...whole.part, partial: true } };
}

/** The parts of a point, with such as it lacks. */
export function partsOf(
  group: Group,
  small: SmallParts,
  project: ProjectFiles | undefined,
  shortcomings: readonly Shortcoming[],
): FoundPart[] {
  const wordsOf = (kind: string, source: string, isLost: boolean) =>
    shortcomings
      .filter((one) => one.kind === kind && one.source === source && one.isLost === isLost)
      .map(({ why }) => why);
  const isLost = ({ kind, source }: GroupedPart) => wordsOf(kind, source, true).length > 0;
  const lacksOf = ({ kind, source }: GroupedPart) => wordsOf(kind, source, false);
  const whole = group.parts.filter((part) => !isLost(part));
  const volumes = whole.filter(({ kind }) => kind === "volume");
  const binds = outermost(whole.filter(({ kind }) => kind === "bind"));
  const inside = binds.filter(
    ({ source }) => project !== undefined && isInside(source, project.workingDir),
  );
  const names = new Set(group.parts.map(({ source }) => source));
  const nameOf = (volume: string) => volumePartName(volume, project?.project ?? group.unit, names);
  const tree = (files: readonly StoredFile[], trees: readonly Planted[] = []) =>
    ({ form: "tree", files, trees }) as const;
  const ofKind = (kind: "recipe" | "networks" | "engine", source: string) => {
    const files = small[kind];
    return files === undefined ? [] : [found({ kind, name: "" }, source, tree(files))];
  };
  const hasProject = project !== undefined && (project.files.length > 0 || inside.length > 0);
  return [
    ...(hasProject ? [projectPart(project, inside, inside.flatMap(lacksOf))] : []),
    ...ofKind("recipe", group.unit),
    ...ofKind("networks", group.unit),
    ...ofKind("engine", "/etc/docker"),
    ...volumes.map((part) => {
      const { source, snapshot } = part;
      const content = isStream(part)
        ? ({ form: "stream", snapshot } as const)
        : tree([], [{ at: "", snapshot }]);
      return found({ kind: "volume", name: nameOf(source) }, source, content, {
        lacks: lacksOf(part),
      });
    }),
    ...binds
      .filter((bind) => !inside.includes(bind))
      .map((part) => {
        const { source, snapshot } = part;
        const type = typeOf(part);
        const at = type === "file" ? posix.basename(source) : "";
        return found({ kind: "bind", name: source }, source, tree([], [{ at, snapshot }]), {
          type,
          lacks: lacksOf(part),
        });
      }),
    ...shortcomings
      .filter((one) => one.isLost)
      .map(({ kind, source, why }) => {
        const name = kind === "volume" ? nameOf(source) : source;
        return found({ kind, name }, source || group.unit, { form: "lost", why });
      }),
  ];
}
