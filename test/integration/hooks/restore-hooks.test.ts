import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { journals } from "../../support/aftermath.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { createHookedStack } from "../../support/hooked-stack.ts";

describeWithEngine("a restore in place with hooks", () => {
  it("runs one before anything is touched and one afterwards, whatever becomes of it", async () => {
    await using at = await createHookedStack(bedEngine());
    const restore = (...more: string[]) =>
      at.workspace.stackhold(["restore", at.name, "--yes", "--json", ...more]);
    const [good, bad] = [await at.script("good"), await at.script("bad", "exit 7")];
    await at.configure({ pre_restore: good, post_restore: good });
    expect(await at.workspace.stackhold(["backup", at.name])).toMatchObject({ code: 0 });
    expect(await at.notes()).toEqual([]);

    const dry = await restore("--dry-run");
    const acts: string[] = dry.json().actions;
    expect(acts[1]).toBe(`run pre_restore: ${good}`);
    expect(acts.at(-1)).toBe(`run post_restore: ${good}`);
    expect(await at.notes()).toEqual([]);

    expect(await restore()).toMatchObject({ code: 0 });
    expect(await at.notes()).toEqual(["pre_restore - true", "post_restore succeeded true"]);

    await at.configure({ pre_restore: bad, post_restore: good });
    const watch = watchEngine(bedEngine());
    const failed = await restore();
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.json().error).toMatchObject({ code: "HOOK_FAILED" });
    expect(await watch.happened(at.name)).toEqual([]);
    expect(await at.notes()).toEqual(["pre_restore - true", "post_restore failed true"]);

    await at.configure({ post_restore: bad });
    const warned = await restore();
    expect(warned).toMatchObject({ code: 3 });
    expect(warned.json()).toMatchObject({
      running: true,
      warnings: [`post_restore: ${bad} ended with exit code 7`],
    });
    expect(await journals(at)).toEqual([]);
  });
});
