import type { ImageToSave } from "../../domain/recipe/images.ts";

/** What a compressor makes of layers. */
const compressedShare = 0.5;

/** What images take on the engine, of those that earlier points in a repository have not. */
export function imagesToStore(images: readonly ImageToSave[], saved: ReadonlySet<string>): number {
  return images.reduce((sum, { id, bytes }) => (saved.has(id) ? sum : sum + bytes), 0);
}

/** What they will take in it. */
export function storedImageBytes(imageBytes: number): number {
  return imageBytes * compressedShare;
}
