import { defineConfig } from "vitest/config";

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
          globalSetup: ["test/bed/global-setup.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // Of two cores: a worker computes for two thirds of its time, and waits for containers else.
          maxWorkers: 3,
        },
      },
    ],
  },
});
