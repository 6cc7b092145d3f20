/** A digest, and an id, is no name that an image could be given. */
export function isImageName(reference: string): boolean {
  return !reference.includes("@") && !/^(sha256:)?[0-9a-f]{6,64}$/.test(reference);
}
