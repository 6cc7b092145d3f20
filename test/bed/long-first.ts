import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Rooms whose files take longest: the size of a file says nothing of the time that it takes. */
const long = [
  "faults",
  "integration/kopia",
  "integration/kopi-docka",
  "stacks",
  "truth",
  "histories",
];

/**
 * Begins with what takes longest, so that in the end no worker waits for another. What an earlier run
 * took is remembered by vitest.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = (file: TestSpecification) => {
      const path = relative(this.ctx.config.root, file.moduleId);
      return long.some((room) => path.startsWith(`test/${room}/`));
    };
    const isKnown = (file: TestSpecification) =>
      this.ctx.cache.getTestSpecificationResult(file) !== undefined;
    if (files.every(isKnown)) return sorted;
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
