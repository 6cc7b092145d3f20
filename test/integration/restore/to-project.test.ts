import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import type { Stack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { freePort } from "../../support/free-port.ts";
import { labelled } from "../../support/labelled.ts";
import { composeFile, healthcheck, image, service } from "../../support/services.ts";
import { type StackWithPoint, stackWithPoint } from "../../support/stack-with-point.ts";
import type { Finished } from "../../support/stackhold.ts";
import { standing } from "../../support/standing.ts";

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });
const lines = (text: string) => text.split("\n").filter(Boolean).sort();

interface Original extends StackWithPoint {
  readonly outside: string;
  readonly port: number;
  /** Of the copy. */
  readonly dir: string;
}

const places = ["/data", "/named", "/external", "/own", "/site", "/outside"];
const everywhere = [...places.map((place) => `${place}/word`), "/etc/single"];

/** What a container reads from all that it has mounted. */
async function words(container: string): Promise<string[]> {
  const { stdout } = await docker("exec", container, "cat", ...everywhere, "/tmp/greeting");
  return stdout.trim().split("\n");
}

let made = 0;

/** Writes a word into all data. */
async function set(stack: Stack, word: string): Promise<void> {
  const write = everywhere.map((file) => `echo ${word} > ${file}`).join("; ");
  await stack.exec("app", ["sh", "-c", write]);
}

/** A stack with one of everything that two stacks cannot both have; only its point says `first`. */
async function createOriginal(): Promise<Original> {
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
      'echo "$$GREETING" > /tmp/greeting; mkdir -p /tmp/www; cp /tmp/greeting /tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www',
    ],
    volumes: [
      ...["data:/data", "named:/named", "external:/external", "/own", "./site:/site"],
      ...[`${outside}/tree:/outside`, `${outside}/single.conf:/etc/single`],
      "/var/run/docker.sock:/sock:ro",
    ],
    ports: [`127.0.0.1:${port}:80`],
    networks: { back: { ipv4_address: `${subnet}.9` }, edge: {} },
    healthcheck: { ...healthcheck, test: ["CMD", "test", "-s", "/tmp/www/index.html"] },
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
  const files = { ".env": "GREETING=hello", "site/word": "\n" };
  await docker("volume", "create", `external-${id}`);
  await docker("network", "create", `edge-${id}`);
  await writeFile(join(outside, "single.conf"), "");
  const at = await stackWithPoint(`${compose}networks: ${JSON.stringify(networks)}\n`, {
    files,
    fill: async (stack) => {
      await stack.compose(["stop", "-t", "1", "idle"]);
      await set(stack, "first");
    },
  });
  await set(at.stack, "second");
  return {
    ...at,
    outside,
    port,
    dir: `${at.stack.dir}-${at.copyName}`,
    async [Symbol.asyncDispose]() {
      await at[Symbol.asyncDispose]();
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

describeWithEngine("restore of a stack under another name", () => {
  let original: Original;
  beforeAll(async () => {
    original = await createOriginal();
  });
  afterAll(() => original[Symbol.asyncDispose]());

  it("refuses names and places that are taken, naming them", async () => {
    const { stack, work, copyName: name, dir, outside } = original;
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
    const { copyName: name, dir, outside } = original;
    const before = await surroundings(original);
    const dry = await original.copy("--dry-run");
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

  describe("that is free", () => {
    let before: unknown;
    let copied: Finished;
    beforeAll(async () => {
      before = await lookAt(original);
      copied = await original.copy();
    });

    it("makes one with the point's data, beside the original that runs on untouched", async () => {
      const { stack, work, copyName: name, dir, outside, port } = original;
      expectExit(copied, 0);
      const result = copied.json();
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
      const { work, copyName: name, dir } = original;
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
  });
});
