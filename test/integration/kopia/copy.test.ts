import { archiveUnderTest } from "../../../src/testing/archive-under-test.ts";
import { copyContract } from "../../../src/testing/copy.contract.ts";
import { makeKopia } from "../../support/real-kopia-repository.ts";

copyContract("from an archive to Kopia", async () => ({
  from: await archiveUnderTest("zstd", "archive"),
  to: await makeKopia(),
}));

copyContract("from Kopia to an archive", async () => ({
  from: await makeKopia(),
  to: await archiveUnderTest("zstd", "archive"),
}));
