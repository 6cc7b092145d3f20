import { readdir } from "node:fs/promises";
import { z } from "zod";

/** Of GET /containers/{id}/json; absent where containerd keeps the layers. */
export const layerSchema = z.looseObject({
  GraphDriver: z
    .looseObject({ Name: z.string().optional(), Data: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
});

/**
 * Whether nothing was ever written, created or deleted in a container: overlay2 keeps all of that in one
 * directory. False where this cannot be seen: the engine is on another host, or keeps layers in another way.
 */
export async function isUntouched({
  GraphDriver: layer,
}: z.infer<typeof layerSchema>): Promise<boolean> {
  const upper = layer?.Data?.UpperDir;
  if (layer?.Name !== "overlay2" || typeof upper !== "string") return false;
  try {
    return (await readdir(upper)).length === 0;
  } catch {
    return false;
  }
}
