import { expect, test } from "vitest";
import type { PlannedSource } from "../../../domain/sources/plan-sources.ts";
import { StackholdError } from "../../../errors.ts";
import type { PointWriter } from "../../../ports/repository.ts";
import type { Context } from "../../context.ts";
import { type Destination, type Portion, storeParts } from "./store-parts.ts";

const context: Context = { runId: "run", signal: new AbortController().signal, emit: () => {} };
const clock = { now: () => new Date(0), monotonic: () => 0 } as Parameters<typeof storeParts>[2];

const portion = (name: string): Portion => ({
  source: { kind: "volume", name, source: name } as unknown as PlannedSource,
  tree: { path: `/${name}`, type: "directory", exclude: [] },
});

test("a repository fails for what failed first, not for having been told to stop then", async () => {
  const away = new StackholdError("REPOSITORY_UNUSABLE", "its storage cannot be reached");
  const stopped = new StackholdError("CANCELLED", "kopia was cancelled");
  const begun = Promise.withResolvers<void>();
  const store: PointWriter["store"] = async ({ name }, { signal }) => {
    if (name === "first") {
      await begun.promise;
      throw away;
    }
    begun.resolve();
    await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    throw stopped;
  };
  const destination: Destination = {
    name: "offsite",
    writer: { store } as unknown as PointWriter,
    ...{ pending: [], images: [], parts: [], error: undefined },
  };
  const storing = { unit: "shop", destinations: [destination], parallel: 2 };
  const portions = [portion("first"), portion("second")];
  await expect(storeParts(portions, storing, clock, context)).rejects.toBe(away);
  expect(destination.error).toBe(away);
});
