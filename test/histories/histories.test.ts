import { describe, expect, it } from "vitest";
import { orSkip } from "../bed/required.ts";
import { realCapture } from "./capture.ts";
import { checkHistories } from "./check-histories.ts";
import { fileSystems, openField } from "./file-systems.ts";

/** Always the same: `npm run histories` looks for others, and runs many more. */
const count = 10;
const seed = 20_261_120;

/** Wants root. */
describe("a tree that is written while it is stored in two passes", () => {
  it.concurrent.for(fileSystems)(
    "comes back as it was at the freeze, on %s",
    async (kind, { skip }) => {
      await using field = await orSkip(["file-systems"], () => openField(kind));
      if (field === undefined) return skip();
      const check = { kind, count, seed, shrinkMs: 30_000, captureWith: realCapture };
      const { histories, failure } = await checkHistories(check, field);
      expect(failure).toBe(undefined);
      expect(histories).toBe(count);
    },
  );
});
