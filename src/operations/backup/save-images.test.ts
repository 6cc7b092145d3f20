import { expect, test } from "vitest";
import { StackholdError } from "../../errors.ts";
import type { ImageSource } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import type { Destination } from "./freeze/store-parts.ts";
import { saveImages } from "./save-images.ts";

const context = {
  runId: "run",
  signal: new AbortController().signal,
  emit: () => undefined,
} satisfies Context;
const image = { id: "sha256:1", references: ["shop:1", "shop:latest"], bytes: 10 };

async function* nothing() {}

async function* gone(): AsyncGenerator<Uint8Array> {
  yield* nothing();
  throw new StackholdError("ENGINE_ERROR", "the engine broke off");
}

const depsWith = (saveImage: Deps["engine"]["saveImage"]) =>
  ({ engine: { saveImage }, clock: { monotonic: () => 0 } }) as unknown as Deps;

/** A repository that reads the content, then fails where it shall. */
function destination(name: string, failure?: Error): Destination {
  const storeImage = async ({ id, content }: ImageSource) => {
    for await (const _ of content(context.signal));
    if (failure !== undefined) throw failure;
    return { id, file: "f", compression: "zstd", bytes: 1, tarBytes: 2, sha256: "" };
  };
  const writer = { storeImage } as unknown as NonNullable<Destination["writer"]>;
  return { name, writer, pending: [], images: [], parts: [], error: undefined };
}

const storing = (...destinations: Destination[]) => ({ unit: "shop", destinations, parallel: 1 });

test("what the engine does not give is a gap of each name, and no repository's failure", async () => {
  const one = destination("one");
  const gaps = await saveImages([image], storing(one), depsWith(gone), context);
  expect(gaps).toEqual([
    { what: "image:shop:1", why: expect.stringContaining("the engine broke off") },
    { what: "image:shop:latest", why: expect.stringContaining("the next backup tries again") },
  ]);
  expect(one).toMatchObject({ images: [], error: undefined });
});

test("what a repository does not take is its failure, and the others go on", async () => {
  const full = new StackholdError("NO_SPACE", "full");
  const [one, two] = [destination("one", full), destination("two")];
  expect(await saveImages([image], storing(one, two), depsWith(nothing), context)).toEqual([]);
  expect(one).toMatchObject({ images: [], error: full });
  expect(two).toMatchObject({ images: [{ id: image.id }], error: undefined });
  const last = saveImages([image], storing(destination("one", full)), depsWith(nothing), context);
  await expect(last).rejects.toBe(full);
});

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(1);
}

test("what is thrown into the content, as by a stream that ends early, is the repository's failure", async () => {
  const full = new StackholdError("NO_SPACE", "full");
  const two = destination("two");
  const storeImage = async ({ content }: ImageSource) => {
    const pieces = content(context.signal)[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.throw?.(full);
  };
  const one = { ...destination("one"), writer: { storeImage } as unknown as Destination["writer"] };
  const small = { ...two, writer: { storeImage: async () => ({ id: image.id }) } };
  const destinations = [one, small as unknown as Destination];
  expect(await saveImages([image], storing(...destinations), depsWith(endless), context)).toEqual(
    [],
  );
  expect(one.error).toBe(full);
});
