import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { removeProject, type StackContainer } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { labelled, markedVolumes } from "../../support/labelled.ts";
import { composeFile, healthcheck, service } from "../../support/services.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";
import { standing } from "../../support/standing.ts";

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

describeWithEngine("restore under another name", () => {
  it("removes all of it when it does not come up, and keeps it with --no-start", async () => {
    const ready = { ...healthcheck, test: ["CMD", "test", "-f", "/data/ready"] };
    const compose = composeFile(
      {
        db: service({ restart: "always", volumes: ["data:/data", "/own"], healthcheck: ready }),
        app: service({ depends_on: ["db"], volumes: ["./conf:/conf"] }),
      },
      { data: {} },
    );
    await using at = await stackWithPoint(compose, {
      files: { "conf/setting": "first\n" },
      config: { backup: { start_timeout: "2s" } },
      start: (stack) => stack.compose(["up", "-d"]),
      fill: ({ exec, name }) =>
        exec("db", ["sh", "-c", `echo ${name} > /data/mark; echo ${name} > /own/mark`]),
    });
    const { stack, work, copyName: name } = at;
    await stack.exec("db", ["touch", "/data/ready"]);
    await stack.up();
    const before = await standing(bedEngine(), { projects: [stack.name] });
    const marked = () => markedVolumes(bedEngine(), stack.name);
    const known = await marked();

    const failed = await at.copy();
    expectExit(failed, 1);
    expect(failed.json().error.message).toContain(`${name}-db-1`);
    expect(await labelled(bedEngine(), name)).toEqual([]);
    expect(known).toHaveLength(2);
    expect(await marked()).toEqual(known);
    expect(await readdir(stack.root)).toEqual([stack.name]);
    expect(await readdir(join(work.stateDir, "journal"))).toEqual([]);
    expect(await standing(bedEngine(), { projects: [stack.name] })).toEqual(before);

    const kept = await at.copy("--no-start");
    expectExit(kept, 0);
    expect(kept.json()).toMatchObject({ running: false, status: "succeeded" });
    const states = Object.values(await standing(bedEngine(), { projects: [name] }));
    expect(states.map(({ state, policy }) => `${state} ${policy}`)).toEqual([
      "created :0",
      "created always:0",
    ]);
    expect(await marked()).toHaveLength(4);
  });

  it("never lets the copy write where the original's data is", async () => {
    const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
    for (const place of ["device", "media", "linked"]) {
      await mkdir(join(outside, place));
      await writeFile(join(outside, place, "word"), "original\n");
    }
    const device = { type: "none", o: "bind", device: `${outside}/device` };
    const mounts = ["bound:/device", `${outside}/media:/media`, "./link:/linked"];
    const compose = composeFile(
      {
        app: service({ container_name: `own-${process.pid}`, volumes: mounts }),
        side: service({ network_mode: `container:own-${process.pid}`, depends_on: ["app"] }),
      },
      { bound: { driver_opts: device } },
    );
    await using at = await stackWithPoint(compose, {
      prepare: ({ dir }) => symlink(`${outside}/linked`, join(dir, "link")),
    });
    const { stack, copyName: name } = at;
    expectExit(await at.copy(), 0);
    for (const place of ["device", "media", "linked"]) {
      await docker("exec", `${name}-app-1`, "sh", "-c", `echo copy > /${place}/word`);
      expect(readFileSync(join(outside, place, "word"), "utf8")).toBe("original\n");
    }
    const modes = ["inspect", "--format", "{{.HostConfig.NetworkMode}}", `${name}-side-1`];
    const all = await standing(bedEngine(), { projects: [name] });
    expect((await docker(...modes)).stdout.trim()).toBe(`container:${all[`${name}-app-1`]?.id}`);
    await removeProject(bedEngine(), name);
    await stack.down("-v");
    await rm(outside, { recursive: true });
  });

  it("brings the data of a stack that was down, and needs no original", async () => {
    const compose = composeFile(
      { app: service({ volumes: ["data:/data", "./site:/site"] }) },
      { data: { labels: { note: "kept" } } },
    );
    await using at = await stackWithPoint(compose, {
      files: { "site/word": "site\n" },
      fill: async ({ exec, down }) => {
        await exec("app", ["sh", "-c", "echo data > /data/word"]);
        await down();
      },
      exit: 3, // app has no container
    });
    const { stack, copyName: name } = at;
    await stack.down("-v");
    await rm(stack.dir, { recursive: true });
    const restore = await at.copy();
    expectExit(restore, 0);
    expect(restore.json()).toMatchObject({ running: false, warnings: [] });
    expect(await labelled(bedEngine(), name)).toEqual([`volume ${name}_data`]);
    const { env } = bedEngine();
    await run(["docker", "compose", "up", "-d"], { cwd: `${stack.dir}-${name}`, env });
    const read = await docker("exec", `${name}-app-1`, "cat", "/data/word", "/site/word");
    expect(read.stdout).toBe("data\nsite\n");
  });

  it("lets the copy read, and not write, what is left out of the point; a copy of it has the same", async () => {
    const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
    await mkdir(join(outside, "media"));
    await writeFile(join(outside, "media", "film"), "film\n");
    const media = service({
      volumes: [`${outside}/media:/media`],
      labels: { "stackhold.enable": "false" },
    });
    const app = service({ deploy: { replicas: 2 }, volumes: ["/own", "data:/data"] });
    let containers: readonly StackContainer[] = [];
    await using at = await stackWithPoint(composeFile({ app, media }, { data: {} }), {
      fill: async (stack) => {
        containers = (await stack.ps()).filter((one) => one.service === "app");
        for (const one of containers) {
          await docker(
            "exec",
            one.name,
            "sh",
            "-c",
            "hostname > /own/host; echo data > /data/word",
          );
        }
      },
    });
    const { stack, work } = at;
    const copyOf = async (unit: string, name: string) => {
      const restore = await work.stackhold(["restore", unit, "--to", `project:${name}`, "--json"]);
      expectExit(restore, 3);
      expect(restore.json().warnings).toEqual([
        expect.stringContaining(`${outside}/media is not in the point; the copy reads`),
      ]);
      const write = ["exec", `${name}-media-1`, "sh", "-c", "cat /media/film; echo x > /media/x"];
      const tried = await run(["docker", ...write], { env: bedEngine().env, allowFailure: true });
      expect([tried.stdout, tried.code]).toEqual(["film\n", 1]);
      const hosts = containers.map((_, index) =>
        docker("exec", `${name}-app-${index + 1}`, "cat", "/own/host", "/data/word"),
      );
      return (await Promise.all(hosts)).map(({ stdout }) => stdout);
    };
    const [first, second] = [at.copyName, `${stack.name}d`];
    const expected = containers
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map(({ id }) => `${id.slice(0, 12)}\ndata\n`);
    expect(await copyOf(stack.name, first)).toEqual(expected);
    expectExit(await work.stackhold(["backup", first, "--json"]), 0);
    expect(await copyOf(first, second)).toEqual(expected);
    expect(await readdir(join(outside, "media"))).toEqual(["film"]);
    for (const name of [first, second]) await removeProject(bedEngine(), name);
    await stack.down("-v");
    await rm(outside, { recursive: true });
  });
});
