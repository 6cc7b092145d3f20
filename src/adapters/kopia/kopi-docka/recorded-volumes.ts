import { parse } from "yaml";
import { z } from "zod";
import type { RecordedVolume } from "../../../domain/manifest.ts";
import type { Inspected } from "./inspections.ts";
import type { StoredFile } from "./stored-file.ts";

const composeSchema = z.looseObject({
  volumes: z
    .record(
      z.string(),
      z.looseObject({ name: z.string().optional(), external: z.unknown() }).nullish(),
    )
    .nullish(),
});

/** Volumes that a compose file takes as they are, by their names. */
function externalIn({ content }: StoredFile): string[] {
  try {
    const { volumes } = composeSchema.parse(parse(content.toString("utf8")));
    return Object.entries(volumes ?? {}).flatMap(([key, volume]) =>
      volume?.external ? [volume.name ?? key] : [],
    );
  } catch {
    return [];
  }
}

const anonymousName = /^[0-9a-f]{64}$/;

/**
 * What can be told of volumes: Kopi-Docka stores neither labels nor options. Compose knows more of
 * those that it makes, so only the others are told of: anonymous ones, those that a compose file
 * calls external, and all of a standalone container.
 */
export function recordedVolumes(
  inspected: readonly Inspected[],
  composeFiles: readonly StoredFile[] | undefined,
): RecordedVolume[] {
  const external = new Set(composeFiles?.flatMap(externalIn));
  const found = new Map<string, RecordedVolume>();
  for (const { type, volume: name, driver = "local" } of inspected.flatMap(
    ({ member }) => member.mounts,
  )) {
    if (type !== "volume" || name === undefined) continue;
    const anonymous = anonymousName.test(name);
    if (!anonymous && composeFiles !== undefined && !external.has(name)) continue;
    found.set(name, { name, driver, labels: {}, options: {}, anonymous });
  }
  return [...found.values()];
}
