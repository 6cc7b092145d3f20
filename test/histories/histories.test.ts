import { describe, expect, it } from "vitest";
import { componentOf, fileSystems, mountFileSystem, needPython } from "../bed/file-systems.ts";
import { orSkip } from "../bed/required.ts";
import { realCapture } from "./capture.ts";
import { checkHistories } from "./check-histories.ts";

/** `npm run histories` runs many more. */
const count = 20;
const seed = Math.floor(Math.random() * 2 ** 31);

/** Wants root. */
describe("a tree that is written while it is stored in two passes", () => {
  it.for(fileSystems)("comes back as it was at the freeze, on %s", async (kind, { skip }) => {
    const components = ["histories", componentOf(kind)];
    const mount = () => needPython().then(() => mountFileSystem(kind));
    await using mounted = await orSkip(components, mount);
    if (mounted === undefined) return skip();
    const check = { kind, count, seed, shrinkMs: 30_000, captureWith: realCapture };
    const { histories, failure } = await checkHistories(check, mounted);
    expect(failure).toBe(undefined);
    expect(histories).toBe(count);
  });
});
