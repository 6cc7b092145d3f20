import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { composeFile, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

const compose = composeFile(
  {
    db: service({
      volumes: ["data:/data"],
      labels: {
        "stackhold.quiesce": "pause",
        "stackhold.exec.pre": "true PGPASSWORD=hunter2 shop",
        "stackhold.exclud": "a",
      },
    }),
    web: service({}),
  },
  { data: { labels: { "stackhold.exclude": "tmp/" } } },
);

describeWithEngine("explaining a policy", () => {
  it("says what holds for a unit, where it is from and what is misspelt, as a backup does too", async () => {
    await using at = await stackAtWork(compose, { config: { backup: { exclude: ["*.tmp"] } } });
    const { name } = at.stack;
    const run = async (...args: string[]) => {
      const done = await at.workspace.stackhold(["admin", "config", "explain", ...args], {
        env: { STACKHOLD_BACKUP_MAX_AGE: "2d" },
      });
      expectExit(done, 0);
      expect(done.stdout).not.toContain("hunter2");
      return done;
    };

    const one = await run(name, "--json");
    expect(one.stderr).toContain("stackhold.exclud");
    const { unit, kind, values } = one.json();
    expect([unit, kind]).toEqual([name, "stack"]);
    const label = (of: string) => ({ source: "label", label: `stackhold.${of}` });
    const data = { volume: `${name}_data`, of: `volume:${name}_data` };
    expect(values).toEqual(
      expect.arrayContaining([
        { key: "quiesce", value: "pause", services: ["db"], ...label("quiesce") },
        {
          ...{ key: "exec.pre", of: "service:db", value: "true PGPASSWORD=[secret] shop" },
          ...label("exec.pre"),
          services: ["db"],
        },
        { key: "exclude", value: ["tmp/"], ...label("exclude"), ...data },
        {
          ...{ key: "max_age", value: "2d", source: "environment" },
          variable: "STACKHOLD_BACKUP_MAX_AGE",
        },
        { key: "scope", value: "standard", source: "default" },
      ]),
    );

    const all = (await run("--json")).json();
    expect(all).toMatchObject({ unit: null, file: at.workspace.configFile });
    const own = all.units.find((each: { unit: string }) => each.unit === name);
    const keys = own.values.map(({ key, of = "" }: { key: string; of?: string }) => key + of);
    expect(keys).toEqual(["quiesce", `exclude${data.of}`, "exec.preservice:db"]);
    expect((await run()).stdout).toContain(`${name} has of its own:`);

    for (const act of ["dry-run", "backup"]) {
      const done = await at.workspace.stackhold([act, name, "--quiesce", "none", "--json"]);
      expectExit(done, 3);
      expect(done.json().units[0]).toMatchObject({
        status: "warning",
        warnings: [
          "`db: stackhold.exclud`: unknown label, nothing heeds it: did you mean stackhold.exclude?",
        ],
      });
    }
  });
});
