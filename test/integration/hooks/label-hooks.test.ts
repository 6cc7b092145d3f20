import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { journals } from "../../support/aftermath.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { createHookedStack } from "../../support/hooked-stack.ts";
import { createWorkspace } from "../../support/workspace.ts";

/** The example of docs/hooks.md, with the image of the tests. */
async function documentedStack(): Promise<string> {
  const page = await readFile(new URL("../../../docs/hooks.md", import.meta.url), "utf8");
  const [, example = ""] = /```yaml\n(services:\n {2}db:[^`]*)```/.exec(page) ?? [];
  return example
    .replace("image: postgres:17", "image: stackhold-test/postgres")
    .replace("POSTGRES_PASSWORD_FILE: /run/secrets/db", "POSTGRES_DB: shop");
}

describeWithEngine("commands of labels", () => {
  it("dump a PostgreSQL database into its point, as documented", async () => {
    const engine = bedEngine();
    await using stack = await createStack(engine, {
      files: { "compose.yaml": await documentedStack() },
    });
    await using work = await createWorkspace(engine, { stacksDir: stack.root });
    await stack.up();
    const psql = ["psql", "-qAtX", "-U", "postgres", "shop", "-c"];
    await stack.exec("db", [...psql, "create table orders as select 4711 as number"]);
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    expect((await stack.exec("db", ["ls", "/dump"])).stdout).toBe("");
    const out = join(work.root, "dump.sql");
    const part = ["files", "get", stack.name, "volume:dump", "shop.sql", "-o", out];
    expectExit(await work.stackhold(part), 0);
    const dump = await readFile(out, "utf8");
    expect(dump).toContain("CREATE TABLE public.orders");
    expect(dump).toContain("4711");
  });

  it("fail the unit untouched where one before the stop fails, and only warn afterwards", async () => {
    const first = await createHookedStack(bedEngine(), (log) => ({
      "stackhold.exec.pre": "echo no dump; exit 9",
      "stackhold.exec.post": `echo "label $$STACKHOLD_STATUS" >> ${log}`,
    }));
    await using at = first;
    const watch = watchEngine(bedEngine());
    const failed = await at.workspace.stackhold(["backup", at.name, "--json"]);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.json().units[0].error.message).toMatch(/^exec\.pre in .* exit code 9: no dump$/);
    const changes = (await watch.happened(at.name)).filter(({ type }) => type === "container");
    expect(changes).toEqual([]);
    expect(await at.notes()).toEqual(["label failed"]);
    expect(await journals(at)).toEqual([]);
  });

  it("are run in the container that takes another's place, and only warn afterwards", async () => {
    await using at = await createHookedStack(bedEngine(), (log) => ({
      "stackhold.quiesce": "down",
      "stackhold.exec.post": `echo "label $$STACKHOLD_STATUS" >> ${log}; exit 9`,
    }));
    const done = await at.workspace.stackhold(["backup", at.name, "--json"]);
    expect(done).toMatchObject({ code: 3 });
    expect(done.json().units[0]).toMatchObject({
      quiesce: "down",
      repositories: [{ status: "succeeded" }],
      warnings: [expect.stringMatching(/^exec\.post in .* ended with exit code 9$/)],
    });
    expect(await at.notes()).toEqual(["label succeeded"]);
  });
});
