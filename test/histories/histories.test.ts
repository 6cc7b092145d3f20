import { describe, expect, it } from "vitest";
import { orSkip } from "../bed/required.ts";
import { checkHistories } from "./check-histories.ts";
import { openField } from "./file-systems.ts";
import { archives, inKopia } from "./keepings.ts";

/** Always the same: `npm run histories` looks for others, and runs many more. */
const seed = 20_261_120;
const runs = [
  ...archives.fileSystems.map((kind) => ({ kind, keeping: archives, count: 10 })),
  // Each wants Kopia to start some twenty times.
  ...(["ext4", "xfs", "btrfs"] as const).map((kind) => ({ kind, keeping: inKopia, count: 2 })),
];

/** Wants root. */
describe("a tree that is written while it is stored in two passes", () => {
  it.concurrent.for(runs)(
    "comes back as it was at the freeze, on $kind, kept by $keeping.name",
    async ({ kind, keeping, count }, { skip }) => {
      await using field = await orSkip(["file-systems"], () => openField(kind));
      if (field === undefined) return skip();
      const check = { kind, keeping, count, seed, shrinkMs: 30_000 };
      const { histories, failure } = await checkHistories(check, field);
      expect(failure).toBe(undefined);
      expect(histories).toBe(count);
    },
  );
});
