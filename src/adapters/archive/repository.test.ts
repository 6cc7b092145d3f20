import { compressions } from "../../domain/manifest.ts";
import { repositoryContract } from "../../ports/repository.contract.ts";
import { archiveUnderTest } from "../../testing/archive-under-test.ts";

for (const compression of compressions) {
  repositoryContract(`archive, ${compression}`, () => archiveUnderTest(compression));
}
