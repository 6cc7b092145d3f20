/** Tells of what passes, and hands it on. */
export function passing(onBytes: (bytes: Uint8Array) => void) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of source) {
      onBytes(bytes);
      yield bytes;
    }
  };
}
