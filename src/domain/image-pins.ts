import { parse } from "yaml";
import { z } from "zod";
import { projectText } from "./copy/project-text.ts";
import type { ResolvedProject } from "./copy/resolved-project.ts";

/** A service whose containers are made of the image that ran, although its name means another by now. */
export interface ImagePin {
  readonly service: string;
  /** As the compose file calls it. */
  readonly name: string;
  /** By digest or by id: what ran. */
  readonly reference: string;
}

/** Compose reads it only where somebody names it with `--file`. */
export const pinsFileName = "compose.stackhold-images.yaml";

const heading = [
  "Made by stackhold restore: images that ran, whose names mean others by now.",
  "`docker compose up -d` without this file follows the names again; then it may be removed.",
];

const pinsSchema = z.object({
  services: z.record(z.string(), z.object({ image: z.string(), pull_policy: z.string() })),
});

function earlier(text: string | undefined): z.infer<typeof pinsSchema>["services"] {
  try {
    return pinsSchema.parse(parse(text ?? "")).services;
  } catch {
    return {};
  }
}

/** A file of that name that somebody else wrote is no place for pins. */
export function isPinsText(text: string): boolean {
  return text.startsWith(`# ${heading[0]}`);
}

/** The override file; pins of other services that `before` holds stay. */
export function pinsText(pins: readonly ImagePin[], before?: string): string {
  const own = pins.map(({ service, reference }) => [
    service,
    { image: reference, pull_policy: "never" },
  ]);
  return projectText({ services: { ...earlier(before), ...Object.fromEntries(own) } }, heading);
}

/** The services that Compose would make of that very name: others say by now what they want. */
export function followingTheirNames(
  pins: readonly ImagePin[],
  { services }: ResolvedProject,
): ImagePin[] {
  return pins.filter(({ service, name }) => {
    const found = services[service];
    if (found === undefined) return false;
    return found.image === name || (found.image === undefined && "build" in found);
  });
}
