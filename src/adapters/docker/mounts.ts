import { z } from "zod";
import { compareText } from "../../domain/compare-text.ts";
import type { Mount } from "../../domain/unit.ts";

/** Of a container in lists and inspections alike: docs.docker.com/reference/api/engine, MountPoint. */
export const mountSchema = z.looseObject({
  Type: z.string().optional(),
  Name: z.string().optional(),
  Source: z.string().optional(),
  Destination: z.string(),
  Driver: z.string().optional(),
  RW: z.boolean().optional(),
});

const types = ["bind", "volume", "tmpfs", "npipe", "cluster", "image"] as const;

export function toMount(raw: z.infer<typeof mountSchema>): Mount {
  const type = types.find((known) => known === raw.Type) ?? (raw.Name ? "volume" : "bind");
  return {
    type,
    source: type === "tmpfs" ? "" : (raw.Source ?? ""),
    ...(raw.Name ? { volume: raw.Name } : {}),
    ...(raw.Driver ? { driver: raw.Driver } : {}),
    destination: raw.Destination,
    readOnly: raw.RW === false,
  };
}

/** `tmpfs:` of a service is in the host configuration alone. */
export function tmpfsMounts(tmpfs: Readonly<Record<string, string>>): Mount[] {
  return Object.entries(tmpfs).map(([destination, options]) => ({
    type: "tmpfs",
    source: "",
    destination,
    readOnly: options.split(",").includes("ro"),
  }));
}

/** The engine lists mounts in another order each time. */
export function sortMounts(mounts: readonly Mount[]): Mount[] {
  return mounts.toSorted((a, b) => compareText(a.destination, b.destination));
}
