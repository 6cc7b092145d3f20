import { createHash } from "node:crypto";
import type { Digest } from "./domain/file-name.ts";

/** Beside the rooms, as errors.ts: names are cut by operations and by adapters alike. */
export const digest: Digest = (text) =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);
