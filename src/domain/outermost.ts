/** Of different paths those that lie in no other one, in their order. */
export function outermost(paths: readonly string[]): string[] {
  const within = (path: string) => (path === "/" ? path : `${path}/`);
  const found = new Set<string>();
  let above: string | undefined;
  // With the slash what lies in a directory comes right behind it.
  for (const [key, path] of paths.map((one) => [within(one), one] as const).sort(byKey)) {
    if (above !== undefined && key !== above && key.startsWith(above)) continue;
    above = key;
    found.add(path);
  }
  return paths.filter((path) => found.has(path));
}

const byKey = ([one]: readonly [string, string], [other]: readonly [string, string]): number =>
  one < other ? -1 : 1;
