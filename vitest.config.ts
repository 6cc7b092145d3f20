import { defineConfig } from "vitest/config";
import { LongFirst } from "./test/bed/long-first.ts";

const integration = ["integration", "faults", "histories", "truth", "stacks"].map(
  (each) => `test/${each}/**/*.test.ts`,
);

/** Of two cores: a worker computes for two thirds of its time, and waits for processes and containers else. */
const maxWorkers = 3;

/** With an engine and whatever else runs for real. */
const onBed = {
  globalSetup: ["test/bed/global-setup.ts"],
  testTimeout: 180_000,
  hookTimeout: 300_000,
  // A file disposes of what it makes. What stays in its worker are names and subnets that were given away.
  isolate: false,
  maxWorkers,
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/house/**/*.test.ts"],
          testTimeout: 60_000,
          // A process for each file would take longer to begin than most of them do.
          isolate: false,
          maxWorkers,
        },
      },
      {
        test: {
          name: "integration",
          include: integration,
          ...onBed,
        },
      },
      {
        test: {
          // By `make storages`: too long for each `make test`.
          name: "storages",
          include: ["test/storages/**/*.test.ts"],
          ...onBed,
          testTimeout: 900_000,
        },
      },
    ],
  },
});
