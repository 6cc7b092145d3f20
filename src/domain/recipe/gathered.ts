import type { PartKind } from "../part.ts";
import type { Exclusion, Unprotected } from "../sources/candidates.ts";
import type { ImageToSave } from "./images.ts";
import type { Json } from "./redact.ts";

/** A document before it is redacted, or a file as it lies on the host. */
export interface GatheredFile {
  /** Relative to the part's root. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface GatheredDocument {
  readonly path: string;
  readonly document: Json;
  readonly form: "json" | "yaml";
}

/** A part that is no tree of the host but made of what was found out. */
export interface GatheredPart {
  readonly kind: Extract<PartKind, "recipe" | "networks" | "engine">;
  readonly source: string;
  readonly files: readonly GatheredFile[];
}

/** What a look at one side of a unit brought. */
export interface Findings {
  readonly documents?: readonly GatheredDocument[];
  readonly files?: readonly GatheredFile[];
  readonly gaps?: readonly Unprotected[];
  readonly excluded?: readonly Exclusion[];
  readonly images?: readonly ImageToSave[];
}
