import { expect, it } from "vitest";
import type { Quiesce } from "../../src/domain/manifest.ts";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { type DatabaseName, databases } from "./databases/all.ts";
import { playRound } from "./round.ts";

const commits = 100;

/** One round each; `npm run truth` plays many more. */
export function comesBack(name: DatabaseName, ways: readonly Quiesce[]): void {
  describeWithEngine(`${name}, written to by clients during its backup`, () => {
    it.each(ways)(
      "comes back from quiesce %s with all that was acknowledged before the freeze, and nothing later",
      async (quiesce) => {
        const outcome = await playRound(bedEngine(), databases[name], { quiesce, commits });
        expect(outcome).toMatchObject({ lost: 0, added: 0 });
        expect(Math.min(outcome.before, outcome.after)).toBeGreaterThanOrEqual(2 * commits);
      },
    );
  });
}
