import { z } from "zod";

const volumeMountSchema = z.looseObject({
  type: z.string(),
  source: z.string().optional(),
  target: z.string(),
  read_only: z.boolean().optional(),
  bind: z.looseObject({}).nullish(),
});

const attachmentSchema = z.looseObject({}).nullable();

const serviceSchema = z.looseObject({
  image: z.string().optional(),
  container_name: z.string().optional(),
  network_mode: z.string().optional(),
  pid: z.string().optional(),
  ipc: z.string().optional(),
  ports: z.array(z.looseObject({})).nullish(),
  volumes: z.array(volumeMountSchema).nullish(),
  volumes_from: z.array(z.string()).nullish(),
  external_links: z.array(z.string()).nullish(),
  networks: z.record(z.string(), attachmentSchema).nullish(),
});

const texts = z.record(z.string(), z.unknown());

const volumeSchema = z.looseObject({
  name: z.string().optional(),
  external: z.boolean().optional(),
  driver: z.string().optional(),
  driver_opts: texts.nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
});

const networkSchema = z.looseObject({
  name: z.string().optional(),
  external: z.boolean().optional(),
  ipam: z.looseObject({ config: z.array(z.looseObject({})).nullish() }).nullish(),
  driver_opts: texts.nullish(),
  enable_ipv6: z.boolean().optional(),
});

const fileSchema = z.looseObject({ file: z.string().optional() });

/** A project as `docker compose config --format json` prints it, as far as a copy differs. */
const projectSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema).default({}),
  volumes: z.record(z.string(), volumeSchema.nullable()).nullish(),
  networks: z.record(z.string(), networkSchema.nullable()).nullish(),
  secrets: z.record(z.string(), fileSchema).nullish(),
  configs: z.record(z.string(), fileSchema).nullish(),
});

export type ResolvedProject = z.infer<typeof projectSchema>;
export type ResolvedService = z.infer<typeof serviceSchema>;
export type ResolvedMount = z.infer<typeof volumeMountSchema>;
export type ResolvedVolume = z.infer<typeof volumeSchema>;
export type ResolvedNetwork = z.infer<typeof networkSchema>;

/** Compose doubles each `$` of what it prints, so that the text could be read again. */
export function parseResolved(json: string): ResolvedProject {
  return projectSchema.parse(JSON.parse(json.replaceAll("$$", "$")));
}

/** Sources of bind mounts, each once. */
export function bindSources({ services }: ResolvedProject): string[] {
  const mounts = Object.values(services).flatMap((service) => service.volumes ?? []);
  const binds = mounts.filter((mount) => mount.type === "bind");
  return [...new Set(binds.flatMap(({ source }) => source ?? []))];
}
