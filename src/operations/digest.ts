import { createHash } from "node:crypto";
import type { Digest } from "../domain/file-name.ts";

export const digest: Digest = (text) =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);
