import type { Json } from "../recipe/redact.ts";
import type { ContainerCreation, Fields } from "./creation.ts";

/** Namespaces that may be another container's: `container:ID`. */
const namespaces = ["NetworkMode", "PidMode", "IpcMode", "Cgroup"];

const inNamespace = /^(container:)(.+)()$/s;
/** `NAME[:ro]`, `NAME:alias`, `/NAME:/own/alias`. */
const inList = /^(\/?)([^:]+)(.*)$/s;

type Rename = (reference: string) => string;

function renamed(value: Json, form: RegExp, rename: Rename): Json {
  if (typeof value !== "string") return value;
  return value.replace(form, (_, before, name, after) => `${before}${rename(name)}${after}`);
}

function renamedAll(value: Json, form: RegExp, rename: Rename): Json {
  return Array.isArray(value) ? value.map((one: Json) => renamed(one, form, rename)) : value;
}

function changed(fields: Fields, names: readonly string[], change: (value: Json) => Json): Fields {
  const found = names.flatMap((name) => {
    const value = fields[name];
    return value === undefined ? [] : [[name, change(value)] as const];
  });
  return { ...fields, ...Object.fromEntries(found) };
}

/** The same with other containers called otherwise. */
export function withReferences(creation: ContainerCreation, rename: Rename): ContainerCreation {
  const hostConfig = changed(creation.hostConfig, namespaces, (value) =>
    renamed(value, inNamespace, rename),
  );
  const links = (fields: Fields, names: readonly string[]) =>
    changed(fields, names, (value) => renamedAll(value, inList, rename));
  return {
    ...creation,
    hostConfig: links(hostConfig, ["VolumesFrom", "Links"]),
    networks: Object.fromEntries(
      Object.entries(creation.networks).map(([name, one]) => [name, links(one, ["Links"])]),
    ),
  };
}

/** Other containers that must be there before this one is made, as it calls them. */
export function referencesOf(creation: ContainerCreation): string[] {
  const found = new Set<string>();
  withReferences(creation, (reference) => {
    found.add(reference);
    return reference;
  });
  return [...found];
}

interface Known {
  readonly id: string;
  readonly name: string;
}

/** As the engine finds it: by its id, its name, or the beginning of its id. */
export function findContainer<C extends Known>(
  reference: string,
  containers: readonly C[],
): C | undefined {
  return (
    containers.find(({ id }) => id === reference) ??
    containers.find(({ name }) => name === reference) ??
    (/^[0-9a-f]{4,}$/.test(reference)
      ? containers.find(({ id }) => id.startsWith(reference))
      : undefined)
  );
}

/** By reference the names of those that are called by an id. */
export function namesBehind(
  references: readonly string[],
  containers: readonly Known[],
): Record<string, string> {
  const named = references.flatMap((reference) => {
    const found = findContainer(reference, containers);
    return found === undefined || found.name === reference ? [] : [[reference, found.name]];
  });
  return Object.fromEntries(named);
}

const uses: Readonly<Record<string, string>> = {
  NetworkMode: "its network",
  PidMode: "its processes",
  IpcMode: "its shared memory",
  Cgroup: "its control group",
};

/** What a container needs another one for, for people. */
export function needOf({ hostConfig }: ContainerCreation, reference: string): string {
  const shared = namespaces.filter((name) => hostConfig[name] === `container:${reference}`);
  const { VolumesFrom } = hostConfig;
  const lenders = Array.isArray(VolumesFrom) ? VolumesFrom.map((one) => String(one)) : [];
  const borrows = lenders.some((one) => one.split(":")[0] === reference);
  const words = [...shared.map((name) => uses[name]), ...(borrows ? ["its volumes"] : [])];
  return words.length === 0 ? "a link" : words.join(" and ");
}
