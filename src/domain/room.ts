/** Sizes of a tree, as measured or as a point tells them. */
export interface Sizes {
  readonly bytes: number;
  readonly allocatedBytes?: number | undefined;
}

/** What the files of a tree need on a disk: holes need nothing, where somebody looked for them. */
export function roomFor({ bytes, allocatedBytes }: Sizes): number {
  return allocatedBytes ?? bytes;
}
