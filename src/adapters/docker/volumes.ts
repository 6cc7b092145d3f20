import { z } from "zod";
import type { Volume } from "../../domain/unit.ts";
import type { VolumeKind } from "../../ports/engine.ts";
import type { Client } from "./client.ts";
import { removeOne } from "./remove-one.ts";

const texts = z.record(z.string(), z.string()).nullish();

/** GET /volumes */
const volumesSchema = z.looseObject({
  Volumes: z
    .array(
      z.looseObject({
        Name: z.string(),
        Driver: z.string(),
        Mountpoint: z.string(),
        Labels: texts,
        Options: texts,
      }),
    )
    .nullish(),
});

export async function listVolumes(client: Client): Promise<Volume[]> {
  const call = { method: "GET", path: "/volumes", what: "the list of volumes" } as const;
  const { Volumes } = await client.json(call, volumesSchema);
  return (Volumes ?? []).map((raw) => ({
    name: raw.Name,
    driver: raw.Driver,
    mountpoint: raw.Mountpoint,
    labels: raw.Labels ?? {},
    options: raw.Options ?? {},
    anonymous: isAnonymous(raw.Name, raw.Labels ?? {}),
  }));
}

export async function createVolume(
  name: string,
  labels: Volume["labels"],
  kind: VolumeKind | undefined,
  client: Client,
): Promise<void> {
  const options = kind?.options ?? {};
  // The engine tells none from an empty set, and people ask for none.
  const how = {
    ...(kind === undefined ? {} : { Driver: kind.driver }),
    ...(Object.keys(options).length === 0 ? {} : { DriverOpts: options }),
  };
  await client.ask({
    method: "POST",
    path: "/volumes/create",
    body: { Name: name, Labels: labels, ...how },
    what: `creation of volume ${name}`,
    long: true,
  });
}

export async function removeVolume(name: string, client: Client): Promise<void> {
  await removeOne(`/volumes/${encodeURIComponent(name)}`, `removal of volume ${name}`, client);
}

/** The label is set since engine 23; before, only the made-up name tells. */
function isAnonymous(name: string, labels: Readonly<Record<string, string>>): boolean {
  return "com.docker.volume.anonymous" in labels || /^[0-9a-f]{64}$/.test(name);
}
