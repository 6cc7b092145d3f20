import { expect, it } from "vitest";
import { StackholdError } from "../../errors.ts";
import type { Client, Question } from "./client.ts";
import { loadImage } from "./image-content.ts";

async function* endless() {
  for (;;) yield new Uint8Array(1);
}

/** Its connection reads a little, and ends as it shall. */
const clientThat = (end: (content: AsyncIterator<Uint8Array>) => Promise<unknown>) =>
  ({
    stream: async ({ content }: Question) => {
      const pieces = content?.()[Symbol.asyncIterator]();
      if (pieces === undefined) throw new Error("unreachable: a load has content");
      await pieces.next();
      return end(pieces);
    },
  }) as unknown as Client;

it("tells why the engine took no more, not what that threw into the content", async () => {
  const away = new StackholdError("ENGINE_UNREACHABLE", "the engine went away");
  const client = clientThat(async (pieces) => {
    await pieces.throw?.(new Error("write EPIPE")).catch(() => {});
    throw away;
  });
  await expect(loadImage(endless, client)).rejects.toBe(away);
});

it("tells why the content broke off, not what the engine says of half an image", async () => {
  const damaged = new StackholdError("POINT_DAMAGED", "the image is damaged");
  async function* broken() {
    yield new Uint8Array(1);
    throw damaged;
  }
  const client = clientThat(async (pieces) => {
    await pieces.next().catch(() => {});
    throw new StackholdError("ENGINE_ERROR", "unexpected EOF");
  });
  await expect(loadImage(broken, client)).rejects.toBe(damaged);
});
