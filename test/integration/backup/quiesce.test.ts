import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { composeFile, healthcheck, hostNetwork, image, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";
import type { Standing } from "../../support/standing.ts";
import { createWorkspace } from "../../support/workspace.ts";

const compose = composeFile(
  {
    db: service({ ...hostNetwork, restart: "always", healthcheck, volumes: ["data:/data"] }),
    migrate: JSON.stringify({
      image,
      ...hostNetwork,
      command: ["sh", "-c", "echo once >> /data/migrations"],
      volumes: ["data:/data"],
      depends_on: { db: { condition: "service_healthy" } },
    }),
    web: service({ restart: "unless-stopped", scale: 2, depends_on: ["db"] }),
    extra: service({ ...hostNetwork, depends_on: ["db"] }),
    later: service({ profiles: ["later"] }),
  },
  { data: {} },
);

const awake = (all: Record<string, Standing>) =>
  Object.entries(all)
    .filter(([, { state }]) => state === "running")
    .map(([name, { policy }]) => `${name} ${policy}`);

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

const ofCommand = (command: string) => (event: { action: string }) => event.action === command;

describeWithEngine("quiesce", () => {
  it("pause: what runs is paused and goes on, never stopped", async () => {
    await using at = await stackAtWork(compose);
    await at.stack.compose(["stop", "extra"]);
    const before = await at.look();
    const watch = watchEngine(bedEngine());
    const arguments_ = ["backup", at.stack.name, "--quiesce", "pause", "--json"];
    const done = await at.workspace.stackhold(arguments_);
    expect(done).toMatchObject({ code: 0 });
    expect(done.json().units[0]).toMatchObject({ quiesce: "pause", warnings: [] });
    expect(done.json().units[0].downtimeMs).toBeGreaterThan(0);
    expect(await at.look()).toEqual(before);
    const events = await watch.happened(at.stack.name);
    expect(events.map(({ action }) => action)).toEqual([
      ...Array(3).fill("pause"),
      ...Array(3).fill("unpause"),
    ]);
    expect(events[2]?.name).toBe(at.named("db"));
    expect(events[3]?.name).toBe(at.named("db"));
  });

  it("none, and a unit in skip_stop: stored as it runs, and nothing happens to it", async () => {
    await using at = await stackAtWork(compose);
    const before = await at.look();
    const watch = watchEngine(bedEngine());
    const none = await at.workspace.stackhold([
      ...["backup", at.stack.name, "--quiesce", "none", "--json"],
    ]);
    const { root, name } = at.stack;
    const options = { stacksDir: root, config: { skip_stop: [name] } };
    await using other = await createWorkspace(bedEngine(), options);
    const skipped = await other.stackhold(["backup", name, "--json"]);
    for (const done of [none, skipped]) {
      expect(done).toMatchObject({ code: 0 });
      expect(done.json().units[0]).toMatchObject({ quiesce: "none", downtimeMs: 0, readyMs: 0 });
      expect(done.json().units[0].parts.length).toBeGreaterThan(0);
    }
    expect(await at.look()).toEqual(before);
    expect(await watch.happened(at.stack.name)).toEqual([]);
  });

  it("down: new containers, yet the same ones run, and no job runs twice", async () => {
    await using at = await stackAtWork(compose);
    await at.stack.compose(["stop", "extra"]);
    await at.until((all) => all[at.named("db")]?.health === "healthy");
    const before = await at.look();
    const watch = watchEngine(bedEngine());
    const done = await at.workspace.stackhold([
      ...["backup", at.stack.name, "--quiesce", "down", "--json"],
    ]);
    expect(done).toMatchObject({ code: 0 });
    expect(done.json().units[0]).toMatchObject({ quiesce: "down", status: "succeeded" });
    const after = await at.look();
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(awake(after)).toEqual(awake(before));
    expect(after[at.named("db")]?.health).toBe("healthy");
    for (const name of Object.keys(before)) expect(after[name]?.id).not.toBe(before[name]?.id);
    const jobs = await at.stack.exec("db", ["cat", "/data/migrations"]);
    expect(jobs.stdout).toBe("once\n");
    const events = await watch.happened(at.stack.name);
    const names = (action: string) => events.filter(ofCommand(action)).map(({ name }) => name);
    expect(names("die").at(-1)).toBe(at.named("db"));
    expect(names("start")[0]).toBe(at.named("db"));
    expect(names("start")).toHaveLength(3);
  });

  it("down is refused before anything stops where it would lose something", async () => {
    await using at = await stackAtWork(composeFile({ app: service() }));
    const name = at.named("app");
    const [guest, once, alone, anonymous] = ["guest", "once", "alone", "anonymous"].map(
      (each) => `${at.stack.name}-${each}`,
    ) as [string, string, string, string];
    const start = (...args: string[]) =>
      docker("run", "-d", "--init", ...args, image, "sleep", "infinity");
    const refused = async (why: string, unit = at.stack.name) => {
      const before = await at.look();
      const done = await at.workspace.stackhold(["backup", unit, "--quiesce", "down", "--json"]);
      expect(done.code).toBe(2);
      expect(done.json().units[0].error.message).toContain(why);
      expect(done.json().units[0].error.hint).toContain("--quiesce stop");
      expect(await at.look()).toEqual(before);
    };
    try {
      await start("--name", guest, "--network", `container:${name}`);
      await refused(`would cut ${guest} off`);
      await docker("rm", "-f", guest);
      await at.stack.compose(["run", "-d", "--name", once, "app"]);
      await refused(`leaves ${once} running`);
      await docker("rm", "-f", once);
      await at.stack.compose(["run", "-d", "--name", anonymous, "-v", "/data", "app"]);
      await refused(`would orphan an anonymous volume of ${anonymous}`);
      await docker("rm", "-fv", anonymous);
      await docker("pause", name);
      await refused(`cannot bring ${name} back as it is, paused`);
      await docker("unpause", name);
      await start("--name", alone, "-v", "/data");
      await refused("needs the compose file", alone);
    } finally {
      const env = bedEngine().env;
      await run(["docker", "rm", "-fv", guest, alone], { env, allowFailure: true });
    }
  });

  it("down: exits 4 when Compose cannot create the containers again; recover brings them back", async () => {
    await using at = await stackAtWork(compose);
    const before = await at.look();
    await using programs = await fakePrograms({
      docker: 'case "$*" in *" up "*) echo "no such image" >&2; exit 1;; esac; exec "$REAL" "$@"',
    });
    const done = await at.workspace.stackhold(
      ["backup", at.stack.name, "--quiesce", "down", "--json"],
      { env: { PATH: programs.path } },
    );
    expect(done.code).toBe(4);
    const { error } = done.json().units[0];
    expect(error).toMatchObject({ code: "LEFT_DOWN" });
    expect(error.message).toContain("no such image");
    expect(error.hint).toContain("stackhold recover");
    const recovered = await at.workspace.stackhold(["recover", "--json"]);
    expect(recovered).toMatchObject({ code: 0 });
    expect(awake(await at.look())).toEqual(awake(before));
  });

  it("down is refused where Compose could not make it again: a lost service, a broken file", async () => {
    await using at = await stackAtWork(composeFile({ app: service(), old: service() }));
    const before = await at.look();
    const file = `${at.stack.dir}/compose.yaml`;
    const refused = async () => {
      const arguments_ = ["backup", at.stack.name, "--quiesce", "down", "--json"];
      const done = await at.workspace.stackhold(arguments_);
      expect(await at.look()).toEqual(before);
      return { code: done.code, error: done.json().units[0].error };
    };
    await writeFile(file, composeFile({ app: service() }));
    const lost = await refused();
    expect(lost).toMatchObject({ code: 2, error: { code: "USAGE" } });
    expect(lost.error.message).toContain(`cannot bring ${at.named("old")} back`);
    await writeFile(file, "services: {app: {image: [}}");
    const broken = await refused();
    expect(broken).toMatchObject({ code: 1, error: { code: "COMPOSE_FAILED" } });
    expect(broken.error.hint).toContain("docker compose config");
  });
});
