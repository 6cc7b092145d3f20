import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { backupDuring } from "../../support/backup-during.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, image, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";
import { lasting } from "../../support/standing.ts";

const compose = hostComposeFile(
  { app: service({ volumes: ["data:/data"] }), web: service() },
  { data: {} },
);

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

describeWithEngine("a backup while whose data is stored somebody starts a container", () => {
  it("of a stopped stack has a warning that names it", async () => {
    await using at = await stackAtWork(compose);
    await at.stack.compose(["stop"]);
    const start = () => at.stack.compose(["start", "app"]);
    const { finished, unit } = await backupDuring(at.workspace, at.stack.name, start);
    expectExit(finished, 3);
    expect(unit.warnings).toEqual([`${at.named("app")} was running while volume:data was stored`]);
    await at.stack.compose(["stop"]);
    const quiet = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expectExit(quiet, 0);
  });

  it("with --quiesce none has a warning for what came, not for what ran", async () => {
    await using at = await stackAtWork(compose);
    const job = `${at.stack.name}-job`;
    const come = () => at.stack.compose(["run", "-d", "--name", job, "app"]);
    const { finished, unit } = await backupDuring(
      at.workspace,
      at.stack.name,
      come,
      "--quiesce",
      "none",
    );
    expectExit(finished, 3);
    expect(unit.warnings).toEqual([`${job} was running while volume:data was stored`]);
  });

  it("fails where the stack was stopped and a job that came is gone again", async () => {
    await using at = await stackAtWork(compose);
    const before = lasting(await at.look());
    const job = `${at.stack.name}-job`;
    const { finished, unit } = await backupDuring(at.workspace, at.stack.name, () =>
      at.stack.compose(["run", "--rm", "--no-deps", "--name", job, "app", "true"]),
    );
    expectExit(finished, 1);
    expect(unit).toMatchObject({ status: "failed", error: { code: "BACKUP_FAILED" } });
    expect(unit.error.message).toBe(
      `${job} was started by somebody else while volume:data was stored`,
    );
    expect(lasting(await at.look())).toEqual(before);
    const points = await at.workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toEqual([]);
  });

  it("fails for another's container that may write, not for others", async () => {
    await using at = await stackAtWork(compose);
    const name = `${at.stack.name}-guest`;
    const come = (access: string) => () =>
      docker(
        ...["run", "-d", "--init", "--name", name, "-v", `${at.stack.name}_data:/data:${access}`],
        ...[image, "sleep", "infinity"],
      );
    try {
      const reading = await backupDuring(at.workspace, at.stack.name, come("ro"));
      expectExit(reading.finished, 0);
      await docker("rm", "-f", name);
      const writing = await backupDuring(at.workspace, at.stack.name, come("rw"));
      expectExit(writing.finished, 1);
      expect(writing.unit.error.message).toContain(`${name} was started by somebody else`);
    } finally {
      await docker("rm", "-f", name);
    }
  });
});
