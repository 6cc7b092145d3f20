import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { journals } from "../../support/aftermath.ts";
import { ofData } from "../../support/archives.ts";
import { watchEngine } from "../../support/engine-events.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { hostComposeFile, image, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";
import { standing } from "../../support/standing.ts";
import { createWorkspace } from "../../support/workspace.ts";
import { openFront, passOn } from "../engine/front.ts";

describeWithEngine("several units", () => {
  it("go down one after another, share one backup id, and one that fails spoils no other", async () => {
    const engine = bedEngine();
    const prefix = `seq${process.pid}`;
    const names = ["a", "b", "c", "d"].map((letter) => `${prefix}-${letter}`);
    const [first = "", second = "", third = "", failing = ""] = names;
    const start = (name: string, ...args: string[]) =>
      run(["docker", "run", "-d", "--init", "--name", name, ...args, image, "sleep", "infinity"], {
        env: engine.env,
      });
    try {
      for (const name of [third, first, second]) await start(name, "-v", "/data");
      await start(failing, "-v", "/data", "--label", "stackhold.quiesce=down");
      await using workspace = await createWorkspace(engine);
      const before = await standing(engine, { names });
      const watch = watchEngine(engine);
      const done = await workspace.stackhold(["backup", ...names, "--json"]);
      expect(done.code).toBe(1);
      const { status, backupId, units } = done.json();
      expect(status).toBe("failed");
      expect(units).toMatchObject(
        names.map((unit) => ({ unit, status: unit === failing ? "failed" : "succeeded" })),
      );
      const events = (await watch.happened(prefix)).filter(({ action }) =>
        ["kill", "start"].includes(action),
      );
      expect(events.map(({ name, action }) => `${action} ${name}`)).toEqual(
        [first, second, third].flatMap((name) => [`kill ${name}`, `start ${name}`]),
      );
      const after = await standing(engine, { names });
      expect(after[failing]).toEqual(before[failing]);
      const points = await workspace.stackhold(["list", "points", "--json"]);
      const ids: { backupId: string }[] = points.json();
      expect(ids.map((point) => point.backupId)).toEqual([backupId, backupId, backupId]);
    } finally {
      await run(["docker", "rm", "-fv", ...names], { env: engine.env, allowFailure: true });
    }
  });

  it("are backed up, also one whose name is too long for a file", async () => {
    const engine = bedEngine();
    const [short, long] = [`short${process.pid}`, `long${process.pid}`.padEnd(250, "x")] as const;
    const docker = (...args: string[]) => run(["docker", ...args], { env: engine.env });
    try {
      for (const name of [short, long]) {
        const args = ["--init", "--name", name, "-v", "/data", image, "sleep", "infinity"];
        await docker("run", "-d", ...args);
      }
      await using workspace = await createWorkspace(engine);
      const before = await standing(engine, { names: [long] });
      const done = await workspace.stackhold(["backup", short, long, "--json"]);
      expectExit(done, 0);
      const all = [short, long].map((unit) => ({ unit, status: "succeeded" }));
      expect(done.json().units).toMatchObject(all);
      expect(Object.keys(await standing(engine, { names: [long] }))).toEqual(Object.keys(before));
      const points = await workspace.stackhold(["list", "points", long, "--json"]);
      expect(points.json()).toMatchObject([{ unit: long, status: "complete" }]);
      const restored = await workspace.stackhold(["restore", long, "--yes", "--json"]);
      expect(restored.json()).toMatchObject({ unit: long, running: true });
      expect(await journals({ workspace })).toEqual([]);
    } finally {
      await docker("rm", "-fv", short, long);
    }
  });

  it("that are recreated while another one is backed up are stopped and stored all the same", async () => {
    const engine = bedEngine();
    const app = service({ volumes: ["data:/data"] });
    const compose = hostComposeFile({ app }, { data: {} });
    await using one = await stackAtWork(compose);
    await using two = await stackAtWork(compose);
    const [first] = Object.values(await one.look());
    let recreated = false;
    await using front = await openFront(engine.dockerHost, (call, answer) => {
      if (recreated || !call.url?.includes(`${first?.id}/stop`)) return false;
      recreated = true;
      const recreate = two.stack.compose(["up", "-d", "--force-recreate"]);
      void recreate.then(() => passOn(engine.dockerHost, call, answer));
      return true;
    });
    await using workspace = await createWorkspace(engine, {
      config: { docker: { host: front.address } },
    });
    const watch = watchEngine(engine);
    const names = [one.stack.name, two.stack.name];
    const done = await workspace.stackhold(["backup", ...names, "--json"]);
    expect(done).toMatchObject({ code: 0 });
    expect(recreated).toBe(true);
    expect(done.json().units[1].downtimeMs).toBeGreaterThan(0);
    const [again] = Object.values(await two.look());
    expect(again?.state).toBe("running");
    const events = (await watch.happened(two.stack.name)).filter((e) => e.type === "container");
    expect(events.map(({ action }) => action).slice(-3)).toEqual(["die", "stop", "start"]);
  });

  it("named twice are backed up once; those in backup.skip are not, unless named", async () => {
    await using at = await stackAtWork(hostComposeFile({ app: service() }));
    const { name, root } = at.stack;
    await using workspace = await createWorkspace(bedEngine(), {
      stacksDir: root,
      config: { backup: { units: [name], skip: [name] } },
    });
    const done = await workspace.stackhold(["backup", name, name, "--unit", name, "--json"]);
    expect(done).toMatchObject({ code: 0 });
    expect(done.json().units).toHaveLength(1);
  });
});

describeWithEngine("--strict", () => {
  it("fails a unit with a gap before it is stopped, unless the gap is accepted", async () => {
    const app = service({ volumes: ["/:/host:ro", "./data:/data"] });
    await using at = await stackAtWork(hostComposeFile({ app }));
    const { name, root } = at.stack;
    const before = await at.look();
    const done = await at.workspace.stackhold(["backup", name, "--strict", "--json"]);
    expect(done.code).toBe(1);
    const [unit] = done.json().units;
    expect(unit).toMatchObject({ unit: name, status: "failed", downtimeMs: 0 });
    expect(unit.error.message).toContain(`${name} is not fully protected: bind:/`);
    expect(unit.coverage.gaps).toMatchObject([{ what: "bind:/" }]);
    expect(await at.look()).toEqual(before);
    const points = await at.workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toEqual([]);

    const config = { units: { [name]: { accept: ["bind:/"] } } };
    await using accepting = await createWorkspace(bedEngine(), { stacksDir: root, config });
    const accepted = await accepting.stackhold(["backup", name, "--strict", "--json"]);
    expect(accepted).toMatchObject({ code: 0 });
    expect(accepted.json().units[0].coverage.gaps).toMatchObject([{ what: "bind:/", new: false }]);
  });
});

describeWithEngine("a stack without containers", () => {
  it("that is only a directory is listed and stored", async () => {
    await using workspace = await createWorkspace(bedEngine());
    const name = `dir${process.pid}`;
    const directory = join(workspace.root, "stacks", name);
    await mkdir(join(directory, "conf"), { recursive: true });
    await writeFile(join(directory, "compose.yml"), hostComposeFile({ app: service() }));
    const listed = await workspace.stackhold(["list", "units", "--json"]);
    const units: { unit: string }[] = listed.json();
    expect(units.find(({ unit }) => unit === name)).toMatchObject({
      kind: "stack",
      state: "absent",
      workingDir: directory,
      services: [{ name: "app", image, state: "absent" }],
    });
    const done = await workspace.stackhold(["backup", name, "--json"]);
    expect(done.code).toBe(3);
    const [unit] = done.json().units;
    expect(unit).toMatchObject({ downtimeMs: 0, parts: [{ kind: "project" }, { kind: "recipe" }] });
    expect(unit.coverage.gaps).toMatchObject([{ what: "service:app", new: true }]);
    const again = await workspace.stackhold(["backup", name, "--json"]);
    expect(again).toMatchObject({ code: 0 });
  });

  it("that was taken down is stored with the volumes that it left, and stays down", async () => {
    await using at = await stackAtWork(
      hostComposeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
    const { name } = at.stack;
    await at.stack.exec("app", ["touch", "/data/kept"]);
    await at.stack.down();
    const watch = watchEngine(bedEngine());
    const done = await at.workspace.stackhold(["backup", name, "--json"]);
    expect(done.code).toBe(3);
    expect(done.json().units[0].coverage.gaps).toMatchObject([{ what: "service:app" }]);
    const parts: { kind: string; name: string; files: number }[] = done.json().units[0].parts;
    expect(ofData(parts).map(({ kind, name: of, files }) => [kind, of, files])).toEqual([
      ["project", "", 2],
      ["volume", "data", 2],
    ]);
    expect(await at.look()).toEqual({});
    expect(await watch.happened(name)).toEqual([]);
  });
});
