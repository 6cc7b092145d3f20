import type { ChosenPart } from "../choose-parts.ts";
import type { ArchiveFile, Manifest, SavedImage } from "../manifest.ts";
import type { PartKind } from "../part.ts";

/** A part with its files, as they lie in `data/`. */
export interface HandedPart {
  readonly chosen: ChosenPart;
  readonly files: readonly ArchiveFile[];
}

/** All that the scripts are made from. */
export interface ScriptSource {
  readonly manifest: Manifest;
  readonly parts: readonly HandedPart[];
  /** As they lie in `data/`. */
  readonly images: readonly SavedImage[];
  /** Nothing of the point was left out by choice. */
  readonly isWhole: boolean;
  /** Places of Stackhold on this host, which must not move away with data. */
  readonly reserved: readonly string[];
  /** `networks.json`, where the point has it. */
  readonly networks: readonly unknown[];
  /** Redacted inspections by the container's name, where the point has them. */
  readonly inspections: ReadonlyMap<string, unknown>;
  readonly version: string;
}

/** A file of the directory. */
export interface ScriptFile {
  readonly name: string;
  readonly text: string;
  readonly executable: boolean;
}

/** Something that a script puts in its place: a part, or what lies within one. */
export interface ScriptTarget {
  readonly script: string;
  readonly kind: PartKind;
  readonly name: string;
  readonly part: HandedPart;
  /** Relative to the part's root; undefined: all of it. */
  readonly inner?: string;
}
