const mostNamed = 20;

/** Project files that differ from the point and stay as they are. */
export function keptFiles(names: readonly string[]): string[] {
  const told = names
    .slice(0, mostNamed)
    .map((name) => `${name} differs from the point and was kept: --with-project replaces it`);
  const more = names.length - mostNamed;
  return more > 0
    ? [...told, `${more} more project files differ from the point and were kept`]
    : told;
}
