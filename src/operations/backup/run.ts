import type { EngineInfo } from "../../ports/engine.ts";

/** What all units of one run share. */
export interface Run {
  readonly host: string;
  readonly backupId: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly engine: EngineInfo;
  readonly tools: Readonly<Record<string, string>>;
  /** A gap fails its unit before anything is stopped. */
  readonly strict: boolean;
  /** Stored bytes of the unit's newest point in a repository, its images aside. */
  readonly lastStoredBytes: (repository: string, unit: string) => number | undefined;
  /** Gaps that the unit's last run named. */
  readonly knownGaps: (unit: string) => readonly string[];
}
