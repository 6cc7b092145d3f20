import { withoutComposeLabels } from "../discovery/compose-labels.ts";
import type { RecordedVolume, StoredPart } from "../manifest.ts";
import { mask } from "../secret.ts";
import type { Remarks } from "./remarks.ts";
import type { ResolvedVolume } from "./resolved-project.ts";

export interface VolumeContext {
  readonly recorded: readonly RecordedVolume[];
  readonly parts: readonly StoredPart[];
  readonly remarks: Remarks;
}

const keyLabel = "com.docker.compose.volume";

/** Whatever may lead to the place where the original's data is. */
function leadsSomewhere({ driver = "local", driver_opts }: ResolvedVolume): boolean {
  if (driver !== "local") return true;
  return driver_opts?.device !== undefined && driver_opts.type !== "tmpfs";
}

function recordedOf(key: string, { name }: ResolvedVolume, { recorded }: VolumeContext) {
  return (
    recorded.find((volume) => volume.name === name) ??
    recorded.find(({ labels }) => labels[keyLabel] === key)
  );
}

/** The compose file does not know them. Compose's own are of another project. */
function labelsOfExternal(recorded: RecordedVolume | undefined): Pick<ResolvedVolume, "labels"> {
  const labels = Object.entries(withoutComposeLabels(recorded?.labels ?? {})).filter(
    ([, value]) => !value.includes(mask),
  );
  return labels.length === 0 ? {} : { labels: Object.fromEntries(labels) };
}

function warnIfEmpty(
  key: string,
  volume: ResolvedVolume,
  recorded: RecordedVolume | undefined,
  context: VolumeContext,
): void {
  const isStored = context.parts.some((p) => p.kind === "volume" && p.source === recorded?.name);
  const hasNoData = volume.driver_opts?.type === "tmpfs";
  const wasThere = recorded !== undefined || volume.external === true;
  if (isStored || hasNoData || !wasThere) return;
  context.remarks.warn(`the volume ${key} is not in the point and is empty`);
}

/**
 * A volume of the copy's own, named by Compose after the new project. A driver, or a device, may
 * lead to the original's data, so the copy has a plain volume instead.
 */
export function copiedVolume(
  key: string,
  volume: ResolvedVolume | null,
  context: VolumeContext,
): ResolvedVolume {
  const { name: _, external, driver, driver_opts, ...rest } = volume ?? {};
  const recorded = recordedOf(key, volume ?? {}, context);
  warnIfEmpty(key, volume ?? {}, recorded, context);
  if (external === true) {
    context.remarks.note(`the external volume ${key} is one of the copy's own`);
    return labelsOfExternal(recorded);
  }
  if (leadsSomewhere(volume ?? {})) {
    const where = String(driver_opts?.device ?? `the driver ${driver}`);
    context.remarks.note(`the volume ${key} is a plain one: ${where} is left to the original`);
    return rest;
  }
  return {
    ...rest,
    ...(driver === undefined ? {} : { driver }),
    ...(driver_opts ? { driver_opts } : {}),
  };
}
