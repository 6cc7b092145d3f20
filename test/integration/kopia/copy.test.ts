import { afterAll } from "vitest";
import { archiveUnderTest } from "../../../src/testing/archive-under-test.ts";
import { copyContract } from "../../../src/testing/copy.contract.ts";
import {
  makeKopia,
  type PreparedKopia,
  prepareKopia,
} from "../../support/real-kopia-repository.ts";

let empty: PreparedKopia | undefined;
let filled: PreparedKopia | undefined;
afterAll(async () => {
  await empty?.[Symbol.asyncDispose]();
  await filled?.[Symbol.asyncDispose]();
});

copyContract("from an archive to Kopia", async (fill) => {
  const from = await archiveUnderTest("zstd", "archive");
  await fill(from.repository);
  // The first one is not even made yet.
  if (empty === undefined) {
    empty = await prepareKopia();
    return { from, to: await makeKopia() };
  }
  return { from, to: await empty.make() };
});

copyContract("from Kopia to an archive", async (fill) => {
  filled ??= await prepareKopia(fill);
  return { from: await filled.make(), to: await archiveUnderTest("zstd", "archive") };
});
