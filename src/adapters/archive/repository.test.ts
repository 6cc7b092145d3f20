import { compressions } from "../../domain/manifest.ts";
import { repositoryContract } from "../../ports/repository.contract.ts";
import { archiveUnderTest } from "../../testing/archive-under-test.ts";
import { makeKeyPair } from "../age/passphrase.ts";

for (const compression of compressions) {
  repositoryContract(`archive, ${compression}`, () => archiveUnderTest(compression));
}

repositoryContract("archive, encrypted", async () => {
  const { identity, recipient } = await makeKeyPair();
  return archiveUnderTest("zstd", "local", { identity, recipients: [recipient] });
});
