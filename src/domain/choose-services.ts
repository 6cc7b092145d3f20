import { StackholdError } from "../errors.ts";
import { isStored, type Stored } from "./choose-parts.ts";
import type { PartPattern } from "./part.ts";
import { didYouMean } from "./suggest.ts";

function refused(why: string, { unit, backupId }: Stored, hint: string): StackholdError {
  return new StackholdError("UNKNOWN_PART", `the point ${backupId} of ${unit} ${why}`, { hint });
}

/** What the containers of a service mount, as far as the point has it. UNKNOWN_PART where that is nothing. */
export function partsOfService(service: string, stored: Stored): PartPattern[] {
  const services = [...new Set(stored.members.flatMap((member) => member.service ?? []))].sort();
  if (!services.includes(service)) {
    const known = services.length === 0 ? "it has none" : `it has ${services.join(", ")}`;
    throw refused(`has no service ${service}${didYouMean(service, services)}`, stored, known);
  }
  const mounts = stored.members
    .filter((member) => member.service === service)
    .flatMap((member) => member.mounts);
  const patterns = mounts.flatMap(({ type, source, volume }): PartPattern[] => {
    if (volume !== undefined) return [{ kind: "volume", name: volume }];
    return type === "bind" && source !== undefined ? [{ kind: "bind", name: source }] : [];
  });
  const kept = patterns.filter((pattern) => isStored(pattern, stored));
  if (kept.length > 0) return kept;
  throw refused(
    `has no data of the service ${service}`,
    stored,
    "docker compose up -d makes its container again; --part names what else is stored",
  );
}
