import { defineConfig } from "vitest/config";

/** With an engine and whatever else runs for real. */
const onBed = {
  globalSetup: ["test/bed/global-setup.ts"],
  testTimeout: 180_000,
  hookTimeout: 300_000,
  // Of two cores: a worker computes for two thirds of its time, and waits for containers else.
  maxWorkers: 3,
};

const integration = ["integration", "faults", "histories", "truth", "stacks"].map(
  (each) => `test/${each}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/house/**/*.test.ts"],
          testTimeout: 60_000,
          // A process for each file would take longer to begin than most of them do.
          isolate: false,
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
