import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { journals } from "../../support/aftermath.ts";
import { backupDuring } from "../../support/backup-during.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, image, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

const compose = hostComposeFile(
  { app: service({ volumes: ["data:/data"] }), web: service() },
  { data: {} },
);

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

describeWithEngine("containers that somebody removes while their data is stored", () => {
  it("end the run with exit 4; a recovery names them, exits 3 and forgets them", async () => {
    await using at = await stackAtWork(compose);
    const down = () => at.stack.compose(["down"]);
    const { finished, unit } = await backupDuring(at.workspace, at.stack.name, down);
    expectExit(finished, 4);
    expect(unit.error.code).toBe("LEFT_DOWN");
    expect(unit.error.message).toContain(`${at.named("app")} (somebody removed it)`);
    expect(unit.error.hint).toContain("stackhold recover");
    expect(await journals(at)).toHaveLength(1);
    const recovered = await at.workspace.stackhold(["recover", "--json"]);
    expectExit(recovered, 3);
    const [one] = recovered.json().units;
    expect(one).toMatchObject({ unit: at.stack.name, started: [], failed: [] });
    expect(one.removed.toSorted()).toEqual([at.named("app"), at.named("web")]);
    expect(recovered.stderr).toContain(`${at.named("app")} was removed by somebody`);
    expect(await journals(at)).toEqual([]);
    expectExit(await at.workspace.stackhold(["recover"]), 0);
  });

  it("are waited for where others of their project are still there", async () => {
    await using at = await stackAtWork(compose);
    const remove = () => docker("rm", at.named("web"));
    const { finished } = await backupDuring(at.workspace, at.stack.name, remove);
    expectExit(finished, 4);
    const recovered = await at.workspace.stackhold(["recover", "--json"]);
    expectExit(recovered, 4);
    expect(recovered.json().units).toMatchObject([{ failed: [at.named("web")], removed: [] }]);
    await at.stack.compose(["up", "-d"]);
    expectExit(await at.workspace.stackhold(["recover"]), 0);
  });

  it("are forgotten as well where they were containers without a stack", async () => {
    await using at = await stackAtWork(compose);
    const name = `${at.stack.name}-alone`;
    const volume = `${name}:/data`;
    await docker(
      ...["run", "-d", "--init", "--name", name, "-v", volume, image, "sleep", "infinity"],
    );
    try {
      const remove = () => docker("rm", name);
      expectExit((await backupDuring(at.workspace, name, remove)).finished, 4);
      const next = await at.workspace.stackhold(["backup", at.stack.name]);
      expectExit(next, 0);
      expect(next.stderr).toContain(`${name} was removed by somebody`);
      expect(await journals(at)).toEqual([]);
    } finally {
      await run(["docker", "rm", "-f", name], { env: bedEngine().env, allowFailure: true });
      await docker("volume", "rm", name);
    }
  });
});
