import type { UnreachableRepository } from "../../domain/point-results.ts";
import type {
  ConnectResult,
  DisconnectResult,
  InitResult,
  MaintenanceResult,
  MaintenanceTimes,
  OfRepositories,
  PasswordResult,
  RepositoryState,
  StatusResult,
} from "../../domain/repository-results.ts";
import { bytes, duration } from "./amounts.ts";
import { minuteOf } from "./list-text.ts";

function lines<T>(
  { repositories, unreachable }: OfRepositories<T>,
  of: (one: OfRepositories<T>["repositories"][number]) => readonly string[],
): string {
  return [...repositories.flatMap(of), ...unreachable.map(silent)].join("\n");
}

const silent = ({ name, error }: UnreachableRepository) => `${name}: ${error.message}`;

export function initText(result: InitResult): string {
  const said = { made: "was made", found: "is there already" };
  return lines(result, ({ name, kind, outcome }) => [`${name} (${kind}) ${said[outcome]}`]);
}

export function connectText(result: ConnectResult): string {
  return lines(result, ({ name }) => [`${name} is connected`]);
}

export function disconnectText(result: DisconnectResult): string {
  return lines(result, ({ name, wasConnected }) => [
    wasConnected
      ? `${name} is disconnected; whatever needs it connects again`
      : `${name} was not connected`,
  ]);
}

export function maintenanceText(result: MaintenanceResult): string {
  return lines(result, ({ name, full, durationMs, maintenance }) => [
    `${name}: ${full ? "full" : "quick"} maintenance took ${duration(durationMs)}${dueText(maintenance)}`,
  ]);
}

export function passwordText({ name, keptIn, warnings }: PasswordResult): string {
  const where = keptIn === undefined ? "" : `; ${keptIn} holds the new one`;
  return [`${name}: the password was changed${where}`, ...warnings].join("\n");
}

export function statusText(result: StatusResult): string {
  return lines(result, ({ name, kind, ...state }) => [
    `${name} (${kind}): ${state.state === "found" ? "is there" : "will be made by the first backup"}`,
    ...facts(state).map(([label, value]) => `  ${label.padEnd(13)}${value}`),
  ]);
}

type Fact = readonly [string, string];

function facts(state: RepositoryState): Fact[] {
  const { paths, disk, cache } = state;
  const speeds = [limit("up to", state.uploadLimit), limit("down", state.downloadLimit)];
  return given([
    ["storage", state.storage],
    ["directories", paths.join(", ")],
    ["disk", disk && `${bytes(disk.freeBytes)} free, ${disk.usedPercent} % used`],
    ["encryption", state.encryption],
    ["compression", state.compression],
    ["limits", speeds.filter((speed) => speed !== undefined).join(", ")],
    ["cache", cache && `${cache.directory}, at most ${bytes(cache.maxBytes)}`],
    [
      "maintenance",
      state.maintenance && `by ${state.maintenance.owner}${dueText(state.maintenance)}`,
    ],
  ]);
}

function given(facts: readonly (readonly [string, string | undefined])[]): Fact[] {
  return facts.flatMap(([label, value]) => (value ? [[label, value] as const] : []));
}

const limit = (way: string, speed: number | undefined) =>
  speed === undefined ? undefined : `${way} ${bytes(speed)}/s`;

function dueText({ nextFullAt }: MaintenanceTimes): string {
  return nextFullAt === undefined ? "" : `, full one due from ${minuteOf(nextFullAt)} UTC`;
}
