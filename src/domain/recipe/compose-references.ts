import { parse } from "yaml";
import { parentOf, resolvePath } from "../discovery/host-path.ts";
import { interpolate } from "../discovery/interpolate.ts";

export type ReferenceRole = "compose" | "environment" | "config" | "secret" | "other";

/** A file that a compose file names. */
export interface FileReference {
  readonly role: ReferenceRole;
  /** Absolute. */
  readonly path: string;
  /** Compose works without it. */
  readonly optional: boolean;
  /** Of a compose file: what its relative paths refer to. */
  readonly base?: string;
  /** Of a compose file: the one service that is taken from it. */
  readonly service?: string;
}

/** What an image is built from: only noted, never read. */
export interface BuildContext {
  readonly service: string;
  readonly context: string;
  readonly dockerfile?: string;
}

export interface ComposeReferences {
  readonly files: readonly FileReference[];
  readonly builds: readonly BuildContext[];
  /** Compose files that Compose itself fetches from elsewhere. */
  readonly remote: readonly string[];
  /**
   * Compose reads these files and no others, wherever it is asked: no path depends on the environment, and
   * nothing else of the host (`develop` resolves symbolic links) shows in its answer.
   */
  readonly isCertain: boolean;
}

export interface ReferenceContext {
  /** What relative paths refer to. */
  readonly base: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Only what this service needs; the whole file where absent. */
  readonly service?: string;
  /** Whether a service runs that is behind a profile: what others name may be missing. */
  readonly runs: (service: string) => boolean;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const textsOf = (value: unknown): string[] => listOf(value).filter(isText);

/** `https://…`, `oci://…`, `git@host:…`, `github.com/…`: nothing of it lies on this host. */
const isRemote = (path: string) =>
  /^([a-z][\w+.-]*:\/\/|[\w.-]+@[\w.-]+:|github\.com\/)/i.test(path);

/** Without variables, and without `~`, which Compose takes for HOME. */
function isPlain(value: unknown): boolean {
  if (typeof value === "string") return !value.includes("$") && !value.startsWith("~");
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}

function includes(file: Fields, context: ReferenceContext, resolve: (path: string) => string) {
  return listOf(file.include).flatMap((entry) => {
    const { path, project_directory, env_file } = isText(entry)
      ? { path: entry, project_directory: undefined, env_file: undefined }
      : fieldsOf(entry);
    const paths = textsOf(path).map((one) => interpolate(one, context.variables));
    const [first] = paths;
    if (first === undefined) return [];
    const base = isText(project_directory) ? resolve(project_directory) : parentOf(resolve(first));
    const environment = textsOf(env_file).map((one) => named("environment", resolve(one)));
    const usual: FileReference = named("environment", resolvePath(base, ".env"), true);
    return [
      ...paths.map((one) => (isRemote(one) ? one : { ...named("compose", resolve(one)), base })),
      ...(environment.length > 0 ? environment : isRemote(first) ? [] : [usual]),
    ];
  });
}

function named(role: ReferenceRole, path: string, optional = false): FileReference {
  return { role, path, optional };
}

/** Of a service: its environment, labels and credentials, and the file that it extends. */
function ofService(service: Fields, optional: boolean, resolve: (path: string) => string) {
  const { file, service: extended } = fieldsOf(service.extends);
  const credentials = fieldsOf(service.credential_spec).file;
  const environment = listOf(service.env_file).flatMap((entry) => {
    const { path, required } = isText(entry) ? { path: entry, required: true } : fieldsOf(entry);
    if (!isText(path)) return [];
    return [named("environment", resolve(path), optional || required === false)];
  });
  const labels = textsOf(service.label_file).map((path) => named("other", resolve(path), optional));
  const base = isText(file) && !isRemote(file) ? resolve(file) : undefined;
  return {
    remote: isText(file) && isRemote(file) ? [file] : [],
    files: [
      ...environment,
      ...labels,
      ...(isText(credentials) ? [named("other", resolve(credentials), optional)] : []),
      ...(base === undefined
        ? []
        : [
            {
              ...named("compose", base, optional),
              base: parentOf(base),
              ...(isText(extended) ? { service: extended } : {}),
            },
          ]),
    ],
  };
}

function buildOf(name: string, service: Fields, resolve: (path: string) => string): BuildContext[] {
  if (isText(service.build)) return [{ service: name, context: resolve(service.build) }];
  const { context, dockerfile } = fieldsOf(service.build);
  if (!isText(context)) return [];
  const at = isRemote(context) ? context : resolve(context);
  return [{ service: name, context: at, ...(isText(dockerfile) ? { dockerfile } : {}) }];
}

/** A service and those of the same file that it extends; all of them where none is named. */
function wantedServices(services: Fields, wanted: string | undefined): [string, Fields][] {
  if (wanted === undefined) {
    return Object.entries(services).map(([name, service]) => [name, fieldsOf(service)]);
  }
  const found = new Map<string, Fields>();
  for (let name: unknown = wanted; isText(name) && !found.has(name); ) {
    if (!Object.hasOwn(services, name)) break;
    const service = fieldsOf(services[name]);
    found.set(name, service);
    const extended = isText(service.extends) ? { service: service.extends } : service.extends;
    const { file, service: next } = fieldsOf(extended);
    name = isText(file) ? undefined : next;
  }
  return [...found];
}

/**
 * The files that a compose file names, with variables filled in. Throws an Error where the text is
 * no YAML.
 */
export function composeReferences(text: string, context: ReferenceContext): ComposeReferences {
  const file = fieldsOf(parse(text, { merge: true, logLevel: "error" }));
  const resolve = (path: string) => resolvePath(context.base, interpolate(path, context.variables));
  const wanted = wantedServices(fieldsOf(file.services), context.service);
  const services = wanted.map(([name, service]) => {
    const behindProfile = listOf(service.profiles).length > 0 && !context.runs(name);
    const own = ofService(service, behindProfile, resolve);
    return { ...own, builds: buildOf(name, service, resolve) };
  });
  const contents = (["configs", "secrets"] as const).flatMap((kind) =>
    Object.values(fieldsOf(file[kind])).flatMap((entry) => {
      const path = fieldsOf(entry).file;
      const role = kind === "configs" ? "config" : "secret";
      return isText(path) ? [named(role, resolve(path))] : [];
    }),
  );
  const whole = context.service === undefined;
  const included = whole ? includes(file, context, resolve) : [];
  return {
    files: [
      ...included.filter((one) => typeof one !== "string"),
      ...services.flatMap((service) => service.files),
      ...(whole ? contents : []),
    ],
    builds: services.flatMap(({ builds }) => builds),
    remote: [
      ...included.filter((one) => typeof one === "string"),
      ...services.flatMap(({ remote }) => remote),
    ],
    isCertain: isCertain(file, wanted),
  };
}

function isCertain(file: Fields, services: readonly [string, Fields][]): boolean {
  const followed = services.flatMap(([, { extends: extended, env_file, label_file }]) => [
    extended,
    env_file,
    label_file,
  ]);
  const contents = [file.configs, file.secrets].flatMap((all) =>
    Object.values(fieldsOf(all)).map((entry) => fieldsOf(entry).file),
  );
  return (
    [file.include, ...followed, ...contents].every(isPlain) &&
    services.every(([, { develop }]) => develop === undefined)
  );
}
