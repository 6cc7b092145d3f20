import { expect, it } from "vitest";
import { dockerEngine } from "../../../src/adapters/docker/engine.ts";
import { localStackFiles } from "../../../src/adapters/stack-files/stack-files.ts";
import { discoverUnits } from "../../../src/operations/discover-units.ts";
import { perStack, startLargeEngine } from "../../support/large-engine.ts";

const stacks = 200;
const idle = 20;

it("discovers 200 stacks of 1,000 containers within two seconds and by one question", async () => {
  await using large = await startLargeEngine(stacks, idle);
  using engine = dockerEngine({ endpoint: { address: large.dockerHost, origin: "test" } });
  const deps = { engine, stackFiles: localStackFiles() };
  const began = performance.now();
  const { units, warnings } = await discoverUnits({ stacksDir: large.root, extraStacks: [] }, deps);
  const elapsed = performance.now() - began;
  expect(warnings).toEqual([]);
  expect(units).toHaveLength(stacks + idle);
  expect(units.flatMap(({ containers }) => containers)).toHaveLength(stacks * perStack);
  expect(units[0]?.absentServices.map(({ name }) => name)).toEqual([`service${perStack}`]);
  expect(large.calls).toEqual(["/_ping", "/v1.41/containers/json?all=1"]);
  expect(elapsed).toBeLessThan(2000);
});
