import { compareText } from "../compare-text.ts";
import type { Manifest } from "../manifest.ts";
import type { HandedPart, ScriptTarget } from "./source.ts";

const longest = 60;

/** As a part of a file name that needs no quotes anywhere. */
export function safeName(name: string): string {
  const plain = name.replace(/^\/+/, "").replaceAll(/[^A-Za-z0-9._-]+/g, "-");
  return (
    plain
      .replace(/^[.-]+/, "")
      .slice(0, longest)
      .replace(/-+$/, "") || "part"
  );
}

function stemOf(kind: string, name: string): string {
  return name === "" ? `restore-${kind}` : `restore-${kind}-${safeName(name)}`;
}

/** The stem, with a number where it is another's already. */
function unused(stem: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const script = `${stem}${number === 1 ? "" : `-${number}`}.sh`;
    if (!taken.has(script)) return script;
  }
}

function isAnonymous(target: ScriptTarget, { volumes }: Manifest): boolean {
  const { source } = target.part.chosen.part;
  return target.kind === "volume" && volumes.some((one) => one.anonymous && one.name === source);
}

/** The project first, since others may lie in it. */
const order: readonly string[] = ["project", "bind", "volume"];

/**
 * What has a script, in the order of restoring. `late` ones belong to containers, which have to be
 * made before.
 */
export function targetsOf(
  parts: readonly HandedPart[],
  manifest: Manifest,
): { readonly early: readonly ScriptTarget[]; readonly late: readonly ScriptTarget[] } {
  const taken = new Set<string>();
  const targets = parts
    .flatMap((part) => {
      const { part: stored, only } = part.chosen;
      if (!order.includes(stored.kind)) return [];
      const { kind, name } = stored;
      if (only === undefined) return [{ kind, name, part }];
      return only.map((inner) => ({ kind: inner.kind, name: inner.name, inner: inner.path, part }));
    })
    .toSorted(
      (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || compareText(a.name, b.name),
    )
    .map((target): ScriptTarget => {
      const script = unused(stemOf(target.kind, target.name), taken);
      taken.add(script);
      return { ...target, script };
    });
  return {
    early: targets.filter((target) => !isAnonymous(target, manifest)),
    late: targets.filter((target) => isAnonymous(target, manifest)),
  };
}
