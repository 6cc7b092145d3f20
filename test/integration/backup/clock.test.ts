import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { daysAgo, storePoints } from "../../support/old-points.ts";
import { composeFile, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

describeWithEngine("a backup after the clock was set back", () => {
  it("says that its point is not the latest one", async () => {
    await using at = await stackAtWork(composeFile({ app: service() }));
    const { stack, workspace } = at;
    const later = daysAgo(-2);
    await storePoints(workspace, stack.name, [daysAgo(1), later]);
    const done = await workspace.stackhold(["backup", stack.name, "--json"]);
    expectExit(done, 0);
    expect(done.stderr).toContain(`${stack.name} has a point ${later}, later than this run's`);
  });
});
