import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { backupResultSchema } from "../../../src/domain/results.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { composeFile, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

const compose = composeFile(
  {
    db: service({ volumes: ["data:/data"], stop_grace_period: "7s" }),
    app: service({ depends_on: ["db"], volumes: ["/:/host:ro"] }),
  },
  { data: {} },
);

describeWithEngine("a dry run", () => {
  it("names acts in order, sizes, gaps and the last outage, and changes nothing", async () => {
    await using at = await stackAtWork(compose, { config: { backup: { exclude: ["*.log"] } } });
    const { name, dir } = at.stack;
    await at.stack.exec("db", ["sh", "-c", "head -c 5000000 /dev/urandom > /data/big"]);
    const before = await at.look();
    const watch = watchEngine(bedEngine());

    const first = await at.workspace.stackhold(["dry-run", name, "--json"]);
    expect(first.code).toBe(3);
    const document = first.json();
    expect(backupResultSchema.parse(document)).toEqual(document);
    expect(document).toMatchObject({ dryRun: true, status: "warning" });
    const [unit] = document.units;
    const { actions, estimate, coverage } = unit;
    expect(actions).toEqual([
      `store project from ${dir} while it runs`,
      expect.stringMatching(new RegExp(`^store volume:data from /.*/${name}_data/_data while`)),
      `stop ${at.named("app")} (at most 30 s)`,
      `stop ${at.named("db")} (at most 7 s)`,
      "copy what changed of project",
      "copy what changed of volume:data",
      `start ${at.named("db")}`,
      `start ${at.named("app")}`,
      "store what changed of project",
      "store what changed of volume:data",
      "store recipe",
      "store networks",
      "publish the point in local",
    ]);
    expect(estimate.bytes).toBeGreaterThan(5_000_000);
    expect(estimate.files).toBe(4);
    expect(estimate.repositories).toMatchObject([{ name: "local" }]);
    expect(estimate.repositories[0].neededBytes).toBeGreaterThan(2_500_000);
    expect(estimate).not.toHaveProperty("downtimeMs");
    expect(coverage.gaps).toMatchObject([{ what: "bind:/" }]);
    expect(await readdir(at.workspace.root)).not.toContain("backups");
    expect(await readdir(at.workspace.root)).not.toContain("logs");
    expect(await watch.happened(name)).toEqual([]);
    expect(await at.look()).toEqual(before);

    const done = await at.workspace.stackhold(["backup", name, "--json"]);
    const again = await at.workspace.stackhold(["backup", name, "--dry-run"]);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("stop ");
    expect(again.stdout).toMatch(/needs about .* MB in local, which has .*B free/);
    expect(again.stdout).toContain("last time it was down for ");
    expect(again.stdout).toContain("*.log (backup.exclude)");
    expect(again.stdout).toContain("not protected: bind:/: ");
    expect(again.stdout).toContain("nothing was changed");
    expect(again.stderr).not.toContain("error");
    const points = await at.workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toMatchObject([{ backupId: done.json().backupId }]);
    const runs = await at.workspace.stackhold(["list", "runs", "--json"]);
    expect(runs.json()).toHaveLength(1);
  });

  it("says what each way of quiescing would do, and refuses what a backup would refuse", async () => {
    await using at = await stackAtWork(compose);
    const { name } = at.stack;
    const acts = async (quiesce: string, freeze = "none"): Promise<string[]> => {
      const ways = ["--quiesce", quiesce, "--freeze", freeze];
      const done = await at.workspace.stackhold(["backup", name, "--dry-run", ...ways, "--json"]);
      return done.json().units[0].actions.map((act: string) => act.split(" ")[0]);
    };
    const after = ["store", "store", "publish"]; // the recipe and the networks
    expect(await acts("pause")).toEqual([
      ...["pause", "pause", "store", "store", "unpause", "unpause", ...after],
    ]);
    expect(await acts("pause", "two-phase")).toEqual([
      ...["store", "store", "pause", "pause", "copy", "copy", "unpause", "unpause"],
      ...["store", "store", ...after],
    ]);
    expect(await acts("none", "two-phase")).toEqual(["store", "store", ...after]);
    expect(await acts("down")).toEqual([
      ...["remove", "remove", "store", "store", "create", "create", ...after],
    ]);
    await at.stack.compose(["pause", "app"]);
    const refused = await at.workspace.stackhold(["dry-run", name, "--quiesce", "down"]);
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain(`cannot bring ${at.named("app")} back as it is, paused`);
  });
});
