export type Environment = Readonly<Record<string, string | undefined>>;

const passed = ["PATH", "HOME", "TMPDIR"];
const engine = /^DOCKER_/;

/**
 * What a child gets to see: a short allow-list in the C locale, so that messages can be read by
 * programs and no secret travels by accident. `extra` wins over everything.
 */
export function childEnvironment(
  own: Environment,
  options: { readonly engine?: boolean; readonly extra?: Environment } = {},
): Record<string, string> {
  const allowed = Object.entries(own).filter(
    ([name]) => passed.includes(name) || (options.engine === true && engine.test(name)),
  );
  const all = [
    ...allowed,
    ["LANG", "C.UTF-8"],
    ["LC_ALL", "C"],
    ...Object.entries(options.extra ?? {}),
  ];
  return Object.fromEntries(
    all.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
