import type { Secret } from "../domain/secret.ts";

/** What is known of a repository besides its points. */
export interface RepositoryDetails {
  readonly storage: string;
  readonly uniqueId: string;
  readonly formatVersion: number;
  readonly hash: string;
  readonly encryption: string;
  /** Of what is stored from now on. */
  readonly compression: string;
  /** Bytes a second; absent: no limit. */
  readonly uploadLimit?: number;
  readonly downloadLimit?: number;
  readonly cache: { readonly directory: string; readonly maxBytes: number };
  readonly maintenance: MaintenancePlan;
}

export interface MaintenancePlan {
  /** `user@host` of the one connection that maintains the repository. */
  readonly owner: string;
  readonly isOurs: boolean;
  /** Absent until the first one. */
  readonly nextQuickAt?: string;
  readonly nextFullAt?: string;
}

export interface PasswordChange {
  /** The file that holds the new password now; absent where it is to be put in place by hand. */
  readonly keptIn?: string;
  /** Why it is not kept though there is a file for it. */
  readonly notKept?: string;
}

/**
 * What repositories with a password, a connection and maintenance have. Errors: as of Repository,
 * and TOOL_FAILED.
 */
export interface Administration {
  details(signal?: AbortSignal): Promise<RepositoryDetails>;
  /**
   * Reclaims what no point needs any more; what goes is gone for good only after a day, since others may
   * be writing. USAGE where another connection maintains the repository, unless it is taken over.
   */
  maintain(
    options: { readonly full: boolean; readonly takeOver: boolean },
    signal?: AbortSignal,
  ): Promise<MaintenancePlan>;
  /** Maintains as far as it is due and this connection's to do; says what was done. */
  upkeep(signal?: AbortSignal): Promise<"quick" | "full" | undefined>;
  /**
   * When this returns the new password opens the repository and the old one does not. The
   * password's file, where there is one, has been replaced. This repository object keeps the old
   * one: it is of no use any more.
   */
  changePassword(password: Secret): Promise<PasswordChange>;
  /** Connects with a repository that is there. */
  connect(signal?: AbortSignal): Promise<void>;
  /** Forgets the connection and its cache; false where there was none. What needs it connects again. */
  disconnect(): Promise<boolean>;
}
