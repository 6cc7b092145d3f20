import { z } from "zod";
import type { LayerChange } from "../../domain/sources/layer-changes.ts";
import type { ContainerSummary, Member } from "../../domain/unit.ts";
import type { Client } from "./client.ts";
import { inspectionSchema, toMember } from "./container-inspection.ts";
import { containerListSchema, toSummary } from "./container-list.ts";
import { digestFor, type Images } from "./images.ts";
import { isUntouched, layerSchema } from "./writable-layer.ts";

export async function listContainers(client: Client): Promise<ContainerSummary[]> {
  const question = { method: "GET", path: "/containers/json", query: { all: 1 } } as const;
  const listed = await client.json(
    { ...question, what: "the list of containers" },
    containerListSchema,
  );
  return listed.map(toSummary);
}

/** As people know ids from `docker ps`; names as they are. */
export function shownContainer(container: string): string {
  return /^[0-9a-f]{64}$/.test(container) ? container.slice(0, 12) : container;
}

export function containerPath(container: string): string {
  return `/containers/${encodeURIComponent(container)}`;
}

export async function inspectContainer(
  container: string,
  client: Client,
  images: Images,
): Promise<Member> {
  const raw = await inspect(container, client, inspectionSchema);
  const image = await images.byId(raw.Image);
  return toMember(raw, digestFor(raw.Config.Image, image?.digests ?? []));
}

export function inspectContainerRaw(container: string, client: Client): Promise<unknown> {
  return inspect(container, client, z.looseObject({}));
}

/** GET /containers/{id}/changes; null where there are none. */
const changesSchema = z
  .array(z.looseObject({ Path: z.string(), Kind: z.int().min(0).max(2) }))
  .nullable();
const changeKinds = ["modified", "added", "deleted"] as const;

/** The engine mounts the container and its image and walks over both, 13 ms for the smallest. */
export async function containerChanges(container: string, client: Client): Promise<LayerChange[]> {
  if (await isUntouched(await inspect(container, client, layerSchema))) return [];
  const path = `${containerPath(container)}/changes`;
  const what = `what changed in container ${shownContainer(container)}`;
  const question = { method: "GET", path, what, missing: "CONTAINER_MISSING" } as const;
  const changes = (await client.json(question, changesSchema)) ?? [];
  return changes.map(({ Path, Kind }) => ({ path: Path, kind: changeKinds[Kind] ?? "modified" }));
}

function inspect<T>(container: string, client: Client, schema: z.ZodType<T>): Promise<T> {
  const path = `${containerPath(container)}/json`;
  const what = `container ${shownContainer(container)}`;
  return client.json({ method: "GET", path, what, missing: "CONTAINER_MISSING" }, schema);
}
