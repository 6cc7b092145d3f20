import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { composeFile, hostNetwork, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { standing } from "../../support/standing.ts";

const compose = composeFile(
  { app: service({ ...hostNetwork, volumes: ["data:/data"] }), web: service() },
  { data: {} },
);

/** A stack beside which `compose run --rm` works. */
async function withJob(...more: string[]) {
  const at = await stackAtWork(compose);
  const job = `${at.stack.name}-job`;
  await at.stack.compose(["run", "-d", "--rm", "--name", job, ...more, "app"]);
  const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });
  return {
    at,
    job,
    docker,
    async [Symbol.asyncDispose]() {
      await run(["docker", "rm", "-fv", job], { env: bedEngine().env, allowFailure: true });
      await at[Symbol.asyncDispose]();
    },
  };
}

const jobAlone = (job: string) => standing(bedEngine(), { names: [job] });

const backup = (at: StackAtWork, ...more: string[]) =>
  at.workspace.stackhold(["backup", at.stack.name, "--json", ...more]);

const keepsRunning = (job: string) =>
  `${job} removes itself when stopped, so it keeps running: its data is not of one instant`;

describeWithEngine("a container that removes itself when it stops", () => {
  it("runs on while the others are stopped, and the result says what that means", async () => {
    await using scene = await withJob("-v", "/own");
    const { at, job } = scene;
    const before = await jobAlone(job);
    const dry = await backup(at, "--dry-run");
    expect(dry.json().units[0].warnings).toContain(keepsRunning(job));
    expect(dry.json().units[0].actions).toContain(
      `leave ${job} running, which removes itself when stopped`,
    );
    const watch = watchEngine(bedEngine());
    const done = await backup(at);
    expectExit(done, 3);
    expect(done.json().units[0].warnings).toContain(keepsRunning(job));
    expect(await jobAlone(job)).toEqual(before);
    const events = await watch.happened(at.stack.name);
    const stopped = events.filter(({ action }) => action === "stop").map(({ name }) => name);
    expect(stopped.sort()).toEqual([at.named("app"), at.named("web")]);
  });

  it("is paused by --quiesce pause, and goes on", async () => {
    await using scene = await withJob();
    const { at, job } = scene;
    const before = await jobAlone(job);
    const watch = watchEngine(bedEngine());
    const done = await backup(at, "--quiesce", "pause");
    expectExit(done, 0);
    expect(await jobAlone(job)).toEqual(before);
    const events = await watch.happened(job);
    expect(events.map(({ action }) => action)).toEqual(["pause", "unpause"]);
  });

  it("is not taken down, nor cut off by a restart of what it shares a network with", async () => {
    await using scene = await withJob();
    const { at, job, docker } = scene;
    const down = await backup(at, "--quiesce", "down");
    expectExit(down, 2);
    expect(down.json().units[0].error.message).toContain(`would delete ${job}`);
    await docker("rm", "-fv", job);
    const network = `container:${at.named("web")}`;
    const guest = ["--name", job, "--network", network, "--init", "stackhold-test/busybox"];
    await docker("run", "-d", "--rm", ...guest, "sleep", "infinity");
    const before = await jobAlone(job);
    const done = await backup(at);
    expectExit(done, 3);
    expect(done.json().units[0].warnings).toEqual([
      `${job} removes itself when stopped, so it is not restarted: it loses the network that it shares`,
    ]);
    expect(await jobAlone(job)).toEqual(before);
  });

  it("alone in its unit is stored as it runs", async () => {
    await using at = await stackAtWork(composeFile({ app: service() }));
    const name = `${at.stack.name}-alone`;
    const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });
    const args = ["--name", name, "-v", "/own", "--init", "stackhold-test/busybox"];
    await docker("run", "-d", "--rm", ...args, "sleep", "infinity");
    try {
      const before = await jobAlone(name);
      const done = await at.workspace.stackhold(["backup", name, "--json"]);
      expectExit(done, 3);
      expect(done.json().units[0]).toMatchObject({
        downtimeMs: 0,
        warnings: [keepsRunning(name)],
      });
      expect(await jobAlone(name)).toEqual(before);
    } finally {
      await docker("rm", "-fv", name);
    }
  });

  it("keeps a restore from beginning, which says what to do", async () => {
    await using scene = await withJob();
    const { at, job, docker } = scene;
    expectExit(await backup(at), 3);
    const before = [await at.look(), await jobAlone(job)];
    for (const more of [["--dry-run"], []]) {
      const done = await at.workspace.stackhold([
        ...["restore", at.stack.name, "--yes", "--json", ...more],
      ]);
      expectExit(done, 1);
      const { error } = done.json();
      expect(error.code).toBe("RESTORE_FAILED");
      expect(error.message).toContain(`${job} would have to be stopped, and removes itself`);
      expect(error.hint).toContain(`docker stop ${job}`);
      expect([await at.look(), await jobAlone(job)]).toEqual(before);
    }
    await docker("stop", job);
    expectExit(await at.workspace.stackhold(["restore", at.stack.name, "--yes"]), 0);
  });
});
