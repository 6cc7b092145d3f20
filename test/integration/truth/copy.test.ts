import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, removeProject } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { freePort } from "../../support/free-port.ts";
import { standing } from "../../support/standing.ts";
import { createWorkspace } from "../../support/workspace.ts";

const composeFile = (port: number) => `
services:
  db:
    image: stackhold-test/postgres
    container_name: the-database-on-${port}
    restart: unless-stopped
    ports: ["127.0.0.1:${port}:5432"]
    volumes: ["db-data:/var/lib/postgresql/data"]
volumes:
  db-data:
`;

describeWithEngine("a PostgreSQL server restored beside its running original", () => {
  it("answers with the rows of the point while the original goes on with its own", async () => {
    const engine = bedEngine();
    const port = await freePort();
    const files = { "compose.yaml": composeFile(port) };
    await using stack = await createStack(engine, { files });
    await using work = await createWorkspace(engine, { stacksDir: stack.root });
    const sql = async (container: string, statement: string) => {
      const psql = ["psql", "-qAtX", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", statement];
      const { stdout } = await run(["docker", "exec", container, ...psql], { env: engine.env });
      return stdout.trim().split("\n");
    };
    const original = `the-database-on-${port}`;
    await stack.up();
    await sql(original, "create table kept (row text); insert into kept values ('one'), ('two')");
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await sql(original, "insert into kept values ('three')");
    const before = await standing(engine, { projects: [stack.name] });

    const name = `${stack.name}c`;
    const restore = await work.stackhold([
      "restore",
      stack.name,
      "--to",
      `project:${name}`,
      "--json",
    ]);
    expectExit(restore, 0);
    expect(restore.json()).toMatchObject({ running: true, healthy: true, warnings: [] });
    const [{ container, published }] = restore.json().copy.ports;
    expect(published).not.toBe(`127.0.0.1:${port}`);
    const rows = "select row from kept order by row";
    expect(await sql(container, rows)).toEqual(["one", "two"]);
    await sql(container, "insert into kept values ('copied')");
    expect(await sql(original, rows)).toEqual(["one", "three", "two"]);
    expect(await standing(engine, { projects: [stack.name] })).toEqual(before);
    await removeProject(engine, name);
  });
});
