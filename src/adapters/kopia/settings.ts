import type { Secret } from "../../domain/secret.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Clock } from "../../ports/clock.ts";

/** Where Kopia keeps its blobs, as the configuration says it. Paths are absolute. */
export type KopiaStorage =
  | { readonly type: "filesystem"; readonly path: string }
  | {
      readonly type: "s3";
      readonly bucket: string;
      readonly prefix?: string | undefined;
      /** With its scheme. */
      readonly endpoint?: string | undefined;
      readonly region?: string | undefined;
      readonly access_key?: Secret | undefined;
      readonly secret_key?: Secret | undefined;
      /** PEM of the authority that signed the endpoint's certificate. */
      readonly ca_file?: string | undefined;
    }
  | {
      readonly type: "b2";
      readonly bucket: string;
      readonly prefix?: string | undefined;
      readonly key_id?: Secret | undefined;
      readonly key?: Secret | undefined;
    }
  | {
      readonly type: "azure";
      readonly container: string;
      readonly account: string;
      readonly prefix?: string | undefined;
      readonly key?: Secret | undefined;
    }
  | {
      readonly type: "gcs";
      readonly bucket: string;
      readonly prefix?: string | undefined;
      readonly credentials_file?: string | undefined;
    }
  | {
      readonly type: "sftp";
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly path: string;
      readonly key_file?: string | undefined;
      readonly known_hosts_file?: string | undefined;
    }
  | {
      readonly type: "rclone";
      readonly remote: string;
      readonly config_file?: string | undefined;
    }
  | {
      readonly type: "webdav";
      readonly url: string;
      readonly username?: string | undefined;
      readonly password?: Secret | undefined;
    }
  | {
      readonly type: "tailscale";
      readonly peer: string;
      readonly port: number;
      readonly user: string;
      readonly path: string;
      readonly key_file?: string | undefined;
      readonly known_hosts_file?: string | undefined;
    };

export interface KopiaSettings {
  /** Of the repository, as the configuration calls it. */
  readonly name: string;
  readonly storage: KopiaStorage;
  readonly password: Secret;
  /** Absolute; where the password is from, if from a file. */
  readonly passwordFile?: string;
  /** Kopia's name, for what is stored from now on. */
  readonly compression: string;
  /** Kopia's name, for a repository that is made. */
  readonly encryption: string;
  /** Absolute; for this repository alone. */
  readonly cacheDir: string;
  /** Largest size of the cache; Kopia's own default where absent. */
  readonly cacheBytes?: number;
  /** Bytes a second; no limit where absent. */
  readonly uploadLimit?: number;
  readonly downloadLimit?: number;
  /** Files that are read and sent at the same time; Kopia's own default where absent. */
  readonly parallel?: number;
  /** Absolute, for this repository alone: Kopia's configuration and whatever is remembered of it. */
  readonly stateDir: string;
  /** The user's, where SSH keys are looked for that are not named. */
  readonly home: string;
}

export interface KopiaDeps {
  readonly runner: Pick<Runner, "run" | "start">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
}
