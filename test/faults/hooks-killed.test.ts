import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { journals, quiet } from "../support/aftermath.ts";
import { createHookedStack } from "../support/hooked-stack.ts";
import { strikeWith } from "../support/kill.ts";
import { standing } from "../support/standing.ts";

const post = ["post_freeze failed true", "label exec.post", "post_backup failed true"];

describeWithEngine("a backup that is killed between its hooks", () => {
  it("has those afterwards run by its guard, once the unit runs again", async () => {
    await using at = await createHookedStack(bedEngine(), (log) => ({
      "stackhold.exec.post": `echo "label $$STACKHOLD_HOOK" >> ${log}`,
    }));
    const [good, slow] = [await at.script("good"), await at.script("slow", "echo here; sleep 600")];
    const hooks = { pre_freeze: good, post_freeze: good, post_backup: good };
    await at.configure(hooks);
    for (const step of ["cold", "restart"]) {
      const run = at.workspace.start(["backup", at.name, "--events"]);
      await strikeWith(run, { step, afterMs: 0 }, "SIGKILL");
      await quiet(at);
      const running = Object.values(await standing(bedEngine(), { projects: [at.name] }));
      expect(running).toMatchObject([{ state: "running" }]);
      expect(await at.notes(), step).toEqual(["pre_freeze - true", ...post]);
      expect(await journals(at)).toEqual([]);
    }
    await at.configure({ ...hooks, pre_backup: slow });
    const run = at.workspace.start(["backup", at.name, "--events"]);
    await run.seen("pre_backup: here");
    run.process.kill("SIGKILL");
    await run.finished;
    await quiet(at);
    expect(await at.notes()).toEqual(["pre_backup - true", ...post]);
    expect(await journals(at)).toEqual([]);
  });
});
