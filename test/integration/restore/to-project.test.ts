import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, removeProject, type Stack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { freePort } from "../../support/free-port.ts";
import { labelled, markedVolumes } from "../../support/labelled.ts";
import { composeFile, healthcheck, image, service } from "../../support/services.ts";
import { standing } from "../../support/standing.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });
const lines = (text: string) => text.split("\n").filter(Boolean).sort();

interface Original extends AsyncDisposable {
  readonly stack: Stack;
  readonly outside: string;
  readonly port: number;
  readonly subnet: string;
  /** Name of the copy. */
  readonly name: string;
  readonly dir: string;
  /** Writes a word into all its data. */
  set(word: string): Promise<void>;
}

const places = ["/data", "/named", "/external", "/own", "/site", "/outside"];
const everywhere = [...places.map((place) => `${place}/word`), "/etc/single"];

/** What a container reads from all that it has mounted. */
async function words(container: string): Promise<string[]> {
  const { stdout } = await docker("exec", container, "cat", ...everywhere, "/greeting");
  return stdout.trim().split("\n");
}

let made = 0;

/** A stack with one of everything that two stacks cannot both have. */
async function createOriginal(): Promise<Original> {
  const engine = bedEngine();
  const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
  const port = await freePort();
  const id = `${process.pid}x${++made}`;
  const subnet = `10.213.${(process.pid + made) % 250}`;
  const app = service({
    container_name: `fixed-${id}`,
    hostname: "app",
    restart: "always",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose fills it in
    environment: { GREETING: "${GREETING} at $$5" },
    command: [
      "sh",
      "-c",
      'echo "$$GREETING" > /greeting; mkdir -p /www; cp /greeting /www/index.html; exec httpd -f -p 80 -h /www',
    ],
    volumes: [
      ...["data:/data", "named:/named", "external:/external", "/own", "./site:/site"],
      ...[`${outside}/tree:/outside`, `${outside}/single.conf:/etc/single`],
      "/var/run/docker.sock:/sock:ro",
    ],
    ports: [`127.0.0.1:${port}:80`],
    networks: { back: { ipv4_address: `${subnet}.9` }, edge: {} },
    healthcheck: { ...healthcheck, test: ["CMD", "test", "-s", "/www/index.html"] },
    depends_on: ["side"],
  });
  const side = service({ network_mode: "none", volumes: ["data:/data:ro"] });
  const idle = service({ restart: "always" });
  const compose = composeFile(
    { app, side, idle },
    {
      data: {},
      named: { name: `named-${id}`, labels: { note: "kept" } },
      external: { external: true, name: `external-${id}` },
    },
  );
  const networks = {
    back: { ipam: { config: [{ subnet: `${subnet}.0/24` }] } },
    edge: { external: true, name: `edge-${id}` },
  };
  const files = {
    "compose.yaml": `${compose}networks: ${JSON.stringify(networks)}\n`,
    ".env": "GREETING=hello",
    "site/word": "\n",
  };
  await docker("volume", "create", `external-${id}`);
  await docker("network", "create", `edge-${id}`);
  await writeFile(join(outside, "single.conf"), "");
  const stack = await createStack(engine, { files });
  await stack.up();
  await stack.compose(["stop", "-t", "1", "idle"]);
  const name = `${stack.name}c`;
  return {
    stack,
    outside,
    port,
    subnet,
    name,
    dir: `${stack.dir}-${name}`,
    async set(word) {
      const write = everywhere.map((file) => `echo ${word} > ${file}`).join("; ");
      await stack.exec("app", ["sh", "-c", write]);
    },
    async [Symbol.asyncDispose]() {
      await removeProject(engine, name);
      await stack[Symbol.asyncDispose]();
      await docker("volume", "rm", "-f", `external-${id}`, `named-${id}`);
      await docker("network", "rm", `edge-${id}`);
      await rm(outside, { recursive: true });
    },
  };
}

const everyPlace = (word: string) => [...everywhere.map(() => word), "hello at $5"];

/** Ids, starting times and data of the original. */
async function lookAt({ stack }: Original) {
  const all = await standing(bedEngine(), { projects: [stack.name] });
  const app = Object.keys(all).find((name) => name.startsWith("fixed-")) ?? "";
  return { all, words: await words(app), labelled: await labelled(bedEngine(), stack.name) };
}

/** Entries of the original's surroundings, which a copy that failed must not have changed. */
async function surroundings({ stack, outside }: Original): Promise<string[]> {
  return [...(await readdir(stack.root)), ...(await readdir(outside))].sort();
}

async function backedUp(original: Original, work: Workspace): Promise<void> {
  await original.set("first");
  expectExit(await work.stackhold(["backup", original.stack.name, "--json"]), 0);
  await original.set("second");
}

describeWithEngine("restore of a stack under another name", () => {
  it("makes one with the point's data, beside the original that runs on untouched", async () => {
    await using original = await createOriginal();
    const { stack, name, dir, outside, port } = original;
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await backedUp(original, work);
    const before = await lookAt(original);

    const restore = await work.stackhold([
      "restore",
      stack.name,
      "--to",
      `project:${name}`,
      "--json",
    ]);
    expectExit(restore, 0);
    const result = restore.json();
    expect(result).toMatchObject({
      unit: stack.name,
      target: `project:${name}`,
      status: "succeeded",
      downtimeMs: 0,
      running: true,
      healthy: true,
      warnings: [],
    });
    expect(await lookAt(original)).toEqual(before);

    const copy = await standing(bedEngine(), { projects: [name] });
    expect(
      Object.entries(copy).map(([one, { state, policy }]) => `${one} ${state} ${policy}`),
    ).toEqual([
      `${name}-app-1 running always:0`,
      `${name}-idle-1 created always:0`,
      `${name}-side-1 running :0`,
    ]);
    expect(await words(`${name}-app-1`)).toEqual(everyPlace("first"));
    expect(
      (await labelled(bedEngine(), name)).filter((one) => !one.startsWith("container")),
    ).toEqual([
      `volume ${name}_data`,
      `volume ${name}_external`,
      `volume ${name}_named`,
      `network ${name}_back`,
      `network ${name}_default`,
    ]);
    const labels = ["volume", "inspect", "--format", '{{index .Labels "note"}}', `${name}_named`];
    expect((await docker(...labels)).stdout).toBe("kept\n");

    const [published] = result.copy.ports;
    expect(published).toMatchObject({ container: `${name}-app-1`, port: "80/tcp" });
    expect(published.published).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(published.published).not.toBe(`127.0.0.1:${port}`);
    const answers = await Promise.all(
      [published.published, `127.0.0.1:${port}`].map(async (at) =>
        (await fetch(`http://${at}/`)).text(),
      ),
    );
    expect(answers).toEqual(["hello at $5\n", "hello at $5\n"]);

    expect(result.copy.places.sort()).toEqual(
      [dir, `${outside}/tree-${name}`, `${outside}/single.conf-${name}`].sort(),
    );
    expect(readFileSync(`${outside}/single.conf-${name}`, "utf8")).toBe("first\n");
    expect(result.copy.composeFile).toBe(`${dir}/compose.stackhold.yaml`);
    expect(statSync(result.copy.composeFile).mode & 0o777).toBe(0o600);
    expect(existsSync(join(stack.root, ".stackhold-safety"))).toBe(false);
    expect(await work.stackhold(["recover", "--json"])).toMatchObject({ code: 0 });
    expect(await words(`${name}-app-1`)).toEqual(everyPlace("first"));
  });

  it("makes a unit that Compose and Stackhold handle like any other, also when it is down", async () => {
    await using original = await createOriginal();
    const { stack, name, dir } = original;
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await backedUp(original, work);
    expectExit(
      await work.stackhold(["restore", stack.name, "--to", `project:${name}`, "--json"]),
      0,
    );
    const before = await lookAt(original);
    const { env } = bedEngine();
    const file = join(dir, "compose.stackhold.yaml");
    const ids = async () =>
      (await standing(bedEngine(), { projects: [name] }))[`${name}-app-1`]?.id;
    const id = await ids();
    const unit = async () => {
      const list = await work.stackhold(["list", "units", "--json"]);
      expectExit(list, 0);
      return list.json().find((one: { unit: string }) => one.unit === name);
    };

    await run(["docker", "compose", "-p", name, "-f", file, "up", "-d", "app"], { env });
    expect(await ids()).toBe(id);
    expect(await unit()).toMatchObject({ kind: "stack", workingDir: dir });
    await run(["docker", "compose", "down", "-t", "1"], { cwd: dir, env });
    expect(await labelled(bedEngine(), name)).toHaveLength(3);
    expect(await unit()).toMatchObject({ kind: "stack", state: "absent", workingDir: dir });
    await run(["docker", "compose", "up", "-d", "--wait"], { cwd: dir, env });
    // What an anonymous volume held is gone with `down`, as always with Compose.
    const kept = everywhere.filter((file) => !file.startsWith("/own/"));
    const read = await docker("exec", `${name}-app-1`, "cat", ...kept);
    expect(new Set(lines(read.stdout))).toEqual(new Set(["first"]));
    expectExit(await work.stackhold(["backup", name, "--json"]), 0);
    expect(await lookAt(original)).toEqual(before);
  });

  it("refuses names and places that are taken, naming them", async () => {
    await using original = await createOriginal();
    const { stack, name, dir, outside } = original;
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await backedUp(original, work);
    const before = await lookAt(original);
    const attempt = async (target: string) => {
      const failed = await work.stackhold([
        "restore",
        stack.name,
        "--to",
        `project:${target}`,
        "--json",
      ]);
      expectExit(failed, 2);
      return failed.json().error.message;
    };
    expect(await attempt(stack.name)).toContain("own name");
    expect(await attempt("Not-A-Name")).toContain("Not-A-Name");

    const label = ["--label", `com.docker.compose.project=${name}`];
    await docker("volume", "create", ...label, `${name}-kept`);
    await docker("network", "create", ...label, `${name}-kept`);
    await docker("create", "--name", `${name}-app-1`, image);
    await writeFile(`${outside}/single.conf-${name}`, "mine\n");
    const message = await attempt(name);
    for (const what of [
      `the volume ${name}-kept`,
      `the network ${name}-kept`,
      `the container ${name}-app-1`,
      `${outside}/single.conf-${name}`,
    ]) {
      expect(message).toContain(what);
    }
    await docker("rm", `${name}-app-1`);
    await docker("volume", "rm", `${name}-kept`);
    await docker("network", "rm", `${name}-kept`);
    await rm(`${outside}/single.conf-${name}`);

    await docker("volume", "create", `${name}_data`);
    expect(await attempt(name)).toContain(`the volume ${name}_data`);
    expect(await labelled(bedEngine(), name)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
    await docker("volume", "rm", `${name}_data`);
    expect(await lookAt(original)).toEqual(before);
  });

  it("shows in a dry run what it would make, and makes nothing", async () => {
    await using original = await createOriginal();
    const { stack, name, dir, outside } = original;
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await backedUp(original, work);
    const before = await surroundings(original);
    const to = ["restore", stack.name, "--to", `project:${name}`];
    const dry = await work.stackhold([...to, "--dry-run", "--json"]);
    expectExit(dry, 0);
    const actions = dry.json().actions.join("\n");
    for (const what of [
      dir,
      `${outside}/tree-${name}`,
      `create ${name}-app-1`,
      `start ${name}-app-1`,
    ]) {
      expect(actions).toContain(what);
    }
    expect(actions).not.toContain(`start ${name}-idle-1`);
    expect(await labelled(bedEngine(), name)).toEqual([]);
    expect(await surroundings(original)).toEqual(before);
  });

  it("removes all of it when it does not come up, and keeps it with --no-start", async () => {
    const ready = { ...healthcheck, test: ["CMD", "test", "-f", "/data/ready"] };
    const files = {
      "compose.yaml": composeFile(
        {
          db: service({ restart: "always", volumes: ["data:/data", "/own"], healthcheck: ready }),
          app: service({ depends_on: ["db"], volumes: ["./conf:/conf"] }),
        },
        { data: {} },
      ),
      "conf/setting": "first\n",
    };
    await using stack = await createStack(bedEngine(), { files });
    const config = { backup: { start_timeout: "2s" } };
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root, config });
    await stack.compose(["up", "-d"]);
    for (const place of ["/data", "/own"]) {
      await stack.exec("db", ["sh", "-c", `echo ${stack.name} > ${place}/mark`]);
    }
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await stack.exec("db", ["touch", "/data/ready"]);
    await stack.up();
    const before = await standing(bedEngine(), { projects: [stack.name] });
    const marked = () => markedVolumes(bedEngine(), stack.name);
    const known = await marked();
    const name = `${stack.name}c`;
    const restore = ["restore", stack.name, "--to", `project:${name}`, "--json"];

    const failed = await work.stackhold(restore);
    expectExit(failed, 1);
    expect(failed.json().error.message).toContain(`${name}-db-1`);
    expect(await labelled(bedEngine(), name)).toEqual([]);
    expect(known).toHaveLength(2);
    expect(await marked()).toEqual(known);
    expect(await readdir(stack.root)).toEqual([stack.name]);
    expect(await readdir(join(work.stateDir, "journal"))).toEqual([]);
    expect(await standing(bedEngine(), { projects: [stack.name] })).toEqual(before);

    const kept = await work.stackhold([...restore, "--no-start"]);
    expectExit(kept, 0);
    expect(kept.json()).toMatchObject({ running: false, status: "succeeded" });
    const states = Object.values(await standing(bedEngine(), { projects: [name] }));
    expect(states.map(({ state, policy }) => `${state} ${policy}`)).toEqual([
      "created :0",
      "created always:0",
    ]);
    expect(await marked()).toHaveLength(4);
    await removeProject(bedEngine(), name);
  });

  it("never lets the copy write where the original's data is", async () => {
    const outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
    for (const place of ["device", "media", "linked"]) {
      await mkdir(join(outside, place));
      await writeFile(join(outside, place, "word"), "original\n");
    }
    const device = { type: "none", o: "bind", device: `${outside}/device` };
    const mounts = ["bound:/device", `${outside}/media:/media`, "./link:/linked"];
    const files = {
      "compose.yaml": composeFile(
        {
          app: service({ container_name: `own-${process.pid}`, volumes: mounts }),
          side: service({ network_mode: `container:own-${process.pid}`, depends_on: ["app"] }),
        },
        { bound: { driver_opts: device } },
      ),
    };
    await using stack = await createStack(bedEngine(), { files });
    await symlink(`${outside}/linked`, join(stack.dir, "link"));
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    const name = `${stack.name}c`;
    const restore = await work.stackhold([
      "restore",
      stack.name,
      "--to",
      `project:${name}`,
      "--json",
    ]);
    expectExit(restore, 0);
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
    const files = {
      "compose.yaml": composeFile(
        { app: service({ volumes: ["data:/data", "./site:/site"] }) },
        {
          data: { labels: { note: "kept" } },
        },
      ),
      "site/word": "site\n",
    };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    await stack.exec("app", ["sh", "-c", "echo data > /data/word"]);
    await stack.down();
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 3); // app has no container
    await stack.down("-v");
    await rm(stack.dir, { recursive: true });
    const name = `${stack.name}c`;
    const restore = await work.stackhold([
      "restore",
      stack.name,
      "--to",
      `project:${name}`,
      "--json",
    ]);
    expectExit(restore, 0);
    expect(restore.json()).toMatchObject({ running: false, warnings: [] });
    expect(await labelled(bedEngine(), name)).toEqual([`volume ${name}_data`]);
    const { env } = bedEngine();
    await run(["docker", "compose", "up", "-d"], { cwd: `${stack.dir}-${name}`, env });
    const read = await docker("exec", `${name}-app-1`, "cat", "/data/word", "/site/word");
    expect(read.stdout).toBe("data\nsite\n");
    await removeProject(bedEngine(), name);
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
    const files = { "compose.yaml": composeFile({ app, media }, { data: {} }) };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    const containers = (await stack.ps()).filter((one) => one.service === "app");
    for (const one of containers) {
      await docker("exec", one.name, "sh", "-c", "hostname > /own/host; echo data > /data/word");
    }
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    const copyOf = async (unit: string, name: string) => {
      const restore = await work.stackhold(["restore", unit, "--to", `project:${name}`, "--json"]);
      expectExit(restore, 3);
      expect(restore.json().warnings).toEqual([expect.stringContaining(`${outside}/media`)]);
      const write = ["exec", `${name}-media-1`, "sh", "-c", "cat /media/film; echo x > /media/x"];
      const tried = await run(["docker", ...write], { env: bedEngine().env, allowFailure: true });
      expect([tried.stdout, tried.code]).toEqual(["film\n", 1]);
      const hosts = containers.map((_, index) =>
        docker("exec", `${name}-app-${index + 1}`, "cat", "/own/host", "/data/word"),
      );
      return (await Promise.all(hosts)).map(({ stdout }) => stdout);
    };
    const [first, second] = [`${stack.name}c`, `${stack.name}d`];
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
