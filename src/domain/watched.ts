export interface Watch {
  /** What a source itself threw while it was read through this, if anything. */
  readonly failure: { readonly thrown: unknown } | undefined;
  through<T>(source: AsyncIterable<T>): AsyncGenerator<T>;
}

/** Tells a source's failure from what its reader throws into it, as a stream does that ends early. */
export function watching(): Watch {
  let failure: Watch["failure"];
  return {
    get failure() {
      return failure;
    },
    async *through<T>(source: AsyncIterable<T>) {
      const read = source[Symbol.asyncIterator]();
      const next = async () => {
        try {
          return await read.next();
        } catch (thrown) {
          failure = { thrown };
          throw thrown;
        }
      };
      try {
        for (let piece = await next(); piece.done !== true; piece = await next()) yield piece.value;
      } finally {
        await read.return?.();
      }
    },
  };
}
