import { describe } from "vitest";
import { snapshotsContract } from "../../../src/ports/snapshots.contract.ts";
import { canLoop } from "../../bed/loop-file-system.ts";
import { describeTree } from "../../fixtures/odd-tree/describe-tree.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";
import { layOut, layouts } from "./layouts.ts";

const odd = { make: makeOddTree, describe: describeTree };

describe.skipIf(!canLoop("btrfs", "xfs"))("snapshots of this host's file systems", () => {
  for (const [name, layout] of Object.entries(layouts)) {
    snapshotsContract(name, () => layOut(layout), odd);
  }
});
