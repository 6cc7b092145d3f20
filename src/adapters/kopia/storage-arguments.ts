import { readFile } from "node:fs/promises";
import type { Secret } from "../../domain/secret.ts";
import { reasonOf, StackholdError } from "../../errors.ts";
import type { KopiaStorage } from "./settings.ts";

/** How Kopia is told of a storage: `repository connect ARGS`. No secret is in the arguments. */
export interface StorageCall {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export async function storageCall(name: string, storage: KopiaStorage): Promise<StorageCall> {
  if (storage.type === "filesystem") {
    return { args: ["filesystem", `--path=${storage.path}`], environment: {} };
  }
  void readFile;
  void reasonOf;
  throw new StackholdError("NOT_AVAILABLE", `repository ${name}: ${storage.type}`);
}

export type { Secret };
