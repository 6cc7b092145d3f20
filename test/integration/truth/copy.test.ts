import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { freePort } from "../../support/free-port.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";
import { standing } from "../../support/standing.ts";

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
    const sql = async (container: string, statement: string) => {
      const psql = ["psql", "-qAtX", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", statement];
      const { stdout } = await run(["docker", "exec", container, ...psql], { env: engine.env });
      return stdout.trim().split("\n");
    };
    const original = `the-database-on-${port}`;
    const rowsOfPoint = "create table kept (row text); insert into kept values ('one'), ('two')";
    const fill = () => sql(original, rowsOfPoint);
    await using at = await stackWithPoint(composeFile(port), { fill });
    const { stack } = at;
    await sql(original, "insert into kept values ('three')");
    const before = await standing(engine, { projects: [stack.name] });

    const restore = await at.copy();
    expectExit(restore, 0);
    expect(restore.json()).toMatchObject({ running: true, healthy: true, warnings: [] });
    const [{ container, published }] = restore.json().copy.ports;
    expect(published).not.toBe(`127.0.0.1:${port}`);
    const rows = "select row from kept order by row";
    expect(await sql(container, rows)).toEqual(["one", "two"]);
    await sql(container, "insert into kept values ('copied')");
    expect(await sql(original, rows)).toEqual(["one", "three", "two"]);
    expect(await standing(engine, { projects: [stack.name] })).toEqual(before);
  });
});
