import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { image } from "../../support/services.ts";
import { createWorkspace } from "../../support/workspace.ts";

const engine = () => bedEngine();

/** Standalone containers with a volume each, and a Stackhold that takes some of them as a group. */
async function containers(names: readonly string[], group: readonly string[], ...last: string[]) {
  const { env } = engine();
  const options = ["-d", "--init", "-v", "/data"];
  for (const name of names) {
    const labels = name === names.at(-1) ? last : [];
    await run(["docker", "run", ...options, "--name", name, ...labels, image, "sleep", "inf"], {
      env,
    });
  }
  const workspace = await createWorkspace(engine(), { config: { backup: { groups: [group] } } });
  return {
    workspace,
    async [Symbol.asyncDispose]() {
      await workspace[Symbol.asyncDispose]();
      await run(["docker", "rm", "-fv", ...names], { env, allowFailure: true });
    },
  };
}

describeWithEngine("units of a group", () => {
  it("are all down before one of them starts, and others before or after", async () => {
    const prefix = `grp${process.pid}`;
    const [first, between, second] = ["a", "b", "c"].map((letter) => `${prefix}-${letter}`) as [
      string,
      string,
      string,
    ];
    await using at = await containers([first, between, second], [first, second]);
    const watch = watchEngine(engine());
    const done = await at.workspace.stackhold(["backup", first, between, second, "--json"]);
    const { units } = done.json();
    expect(units).toMatchObject(
      [first, between, second].map((unit) => ({ unit, status: "succeeded", warnings: [] })),
    );
    const happened = (await watch.happened(prefix))
      .filter(({ action }) => ["die", "start"].includes(action))
      .map(({ name, action }) => `${action} ${name}`);
    expect(happened.slice(0, 2).toSorted()).toEqual([`die ${first}`, `die ${second}`]);
    expect(happened.slice(2, 4).toSorted()).toEqual([`start ${first}`, `start ${second}`]);
    expect(happened.slice(4)).toEqual([`die ${between}`, `start ${between}`]);
  });

  it("go on without one that fails, and say so", async () => {
    const [good, bad] = ["a", "b"].map((letter) => `grf${process.pid}-${letter}`) as [
      string,
      string,
    ];
    await using at = await containers(
      [good, bad],
      [good, bad],
      "--label",
      "stackhold.quiesce=down",
    );
    const done = await at.workspace.stackhold(["backup", good, bad, "--json"]);
    expect(done).toMatchObject({ code: 1 });
    expect(done.json().units).toMatchObject([
      {
        unit: good,
        status: "warning",
        warnings: [`not frozen together with ${bad}, which failed before`],
      },
      { unit: bad, status: "failed" },
    ]);
  });
});
