import pLimit from "p-limit";

/**
 * Runs works side by side, so many at once. The first failure aborts the others' signal and is
 * thrown once none is under way any more.
 */
export async function together<T>(
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
  parallel: number,
  signal: AbortSignal,
): Promise<T[]> {
  const limit = pLimit(parallel);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let failure: { readonly thrown: unknown } | undefined;
  const done = await Promise.all(
    works.map((work) =>
      limit(async () => {
        try {
          either.throwIfAborted();
          return [await work(either)];
        } catch (thrown) {
          failure ??= { thrown };
          stop.abort(thrown);
          return [];
        }
      }),
    ),
  );
  if (failure !== undefined) throw failure.thrown;
  return done.flat() as T[];
}
