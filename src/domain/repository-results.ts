import type { UnreachableRepository } from "./point-results.ts";

/** What the documents of `admin repo` have in common, as `--json` prints them. */
export interface OfRepositories<T> {
  readonly schemaVersion: 1;
  readonly repositories: readonly (Named & T)[];
  /** Those in which it failed while it went well in others. */
  readonly unreachable: readonly UnreachableRepository[];
}

interface Named {
  readonly name: string;
  readonly kind: "archive" | "kopia";
}

export type InitResult = OfRepositories<{
  readonly outcome: "made" | "found";
  readonly warnings: readonly string[];
}>;
export type ConnectResult = OfRepositories<{ readonly connected: true }>;
/** `wasConnected`: false where nothing had to be forgotten. */
export type DisconnectResult = OfRepositories<{ readonly wasConnected: boolean }>;

export interface MaintenanceTimes {
  /** `user@host` that maintains it. */
  readonly owner: string;
  readonly isOurs: boolean;
  readonly nextQuickAt?: string;
  readonly nextFullAt?: string;
}

export type MaintenanceResult = OfRepositories<{
  readonly full: boolean;
  readonly durationMs: number;
  readonly maintenance: MaintenanceTimes;
}>;

export interface RepositoryState {
  /** `absent`: the first backup makes it. */
  readonly state: "found" | "absent";
  /** Host directories of it. */
  readonly paths: readonly string[];
  readonly disk?: {
    readonly totalBytes: number;
    readonly usedBytes: number;
    readonly freeBytes: number;
    readonly usedPercent: number;
  };
  /** Of Kopia repositories that are found. */
  readonly storage?: string;
  readonly uniqueId?: string;
  readonly formatVersion?: number;
  readonly hash?: string;
  readonly encryption?: string;
  readonly compression?: string;
  readonly uploadLimit?: number;
  readonly downloadLimit?: number;
  readonly cache?: { readonly directory: string; readonly maxBytes: number };
  readonly maintenance?: MaintenanceTimes;
}

export type StatusResult = OfRepositories<RepositoryState>;

/** `keptIn`: the file that holds the new password now; absent where it has to be put in place. */
export interface PasswordResult {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly changed: true;
  readonly keptIn?: string;
  readonly warnings: readonly string[];
}
