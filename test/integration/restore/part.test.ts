import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import type { Stack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { newestManifest } from "../../support/newest-manifest.ts";
import { composeFile, service } from "../../support/services.ts";
import { type StackWithPoint, stackWithPoint } from "../../support/stack-with-point.ts";
import { type Standing, standing } from "../../support/standing.ts";

/** `db` and `web` have data of their own, `sidecar` lives in the network of `db`. */
const compose = composeFile(
  {
    db: service({ restart: "unless-stopped", volumes: ["data:/data"] }),
    web: service({ restart: "always", volumes: ["./site:/site", "media:/media"] }),
    sidecar: service({ network_mode: "service:db" }),
  },
  { data: {}, media: {} },
);
const files = { "site/page": "first\n", notes: "first\n" };

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });
const write = (stack: Stack, container: string, path: string, text: string) =>
  docker("exec", `${stack.name}-${container}-1`, "sh", "-c", `echo ${text} > ${path}`);
const read = async (stack: Stack, container: string, path: string) =>
  (await docker("exec", `${stack.name}-${container}-1`, "cat", path)).stdout.trim();

/** All data says `text`. */
async function fill(stack: Stack, text: string): Promise<void> {
  await write(stack, "db", "/data/file", text);
  await write(stack, "web", "/media/file", text);
  for (const name of ["site/page", "notes"]) writeFileSync(join(stack.dir, name), `${text}\n`);
}

const contents = async (stack: Stack) => ({
  data: await read(stack, "db", "/data/file"),
  media: await read(stack, "web", "/media/file"),
  site: await read(stack, "web", "/site/page"),
  notes: readFileSync(join(stack.dir, "notes"), "utf8").trim(),
});
const spoiled = { data: "spoiled", media: "spoiled", site: "spoiled", notes: "spoiled" };

/** What the containers of the services are. */
async function look({ name }: Stack): Promise<Map<string, Standing>> {
  const all = Object.entries(await standing(bedEngine(), { projects: [name] }));
  return new Map(all.map(([one, facts]) => [one.slice(name.length + 1, -2), facts]));
}

/** Services whose container runs on as it did, and those that were started anew. */
function compared(before: Map<string, Standing>, after: Map<string, Standing>) {
  const names = [...after.keys()].filter((name) => after.get(name)?.state === "running");
  const ranOn = (name: string) => after.get(name)?.startedAt === before.get(name)?.startedAt;
  return { ranOn: names.filter(ranOn), restarted: names.filter((name) => !ranOn(name)) };
}

describeWithEngine("restore --part", () => {
  let all: StackWithPoint;
  let stack: Stack;
  beforeAll(async () => {
    all = await stackWithPoint(compose, { files, fill: (stack) => fill(stack, "first") });
    stack = all.stack;
  });
  afterAll(() => all[Symbol.asyncDispose]());
  beforeEach(async () => {
    await stack.up();
    await fill(stack, "spoiled");
  });

  it("replaces one volume alone, and stops only who uses it", async () => {
    const before = await look(stack);
    const result = await all.restore("--part", "volume:data");
    expectExit(result, 0);
    expect(result.json()).toMatchObject({ status: "succeeded", running: true, healthy: true });
    expect(result.json().parts).toMatchObject([{ kind: "volume", name: "data", files: 2 }]);
    expect(result.json().safetyCopy).toHaveLength(1);
    expect(await contents(stack)).toEqual({ ...spoiled, data: "first" });
    expect(compared(before, await look(stack))).toEqual({
      ranOn: ["web"],
      restarted: ["db", "sidecar"],
    });
    const policies = [...(await look(stack)).values()].map(({ policy }) => policy);
    expect(policies.sort()).toEqual([...before.values()].map(({ policy }) => policy).sort());
  });

  it("takes several parts, a volume's full name and a bare kind", async () => {
    const named = await all.restore("--part", `volume:${stack.name}_media`, "--dry-run");
    expectExit(named, 0);
    const actions: string[] = named.json().actions;
    expect(actions.filter((action) => /^(stop|start|unpack) /.test(action))).toEqual([
      expect.stringContaining("unpack volume:media"),
      `stop ${stack.name}-web-1`,
      `start ${stack.name}-web-1`,
    ]);
    expect(await contents(stack)).toEqual(spoiled);
    expectExit(await all.restore("--part", "volume"), 0);
    expect(await contents(stack)).toEqual({ ...spoiled, data: "first", media: "first" });
  });

  it("takes a bind that was stored with the project, and leaves the project alone", async () => {
    const before = await look(stack);
    const part = `bind:${join(stack.dir, "site")}`;
    const result = await all.restore("--part", part);
    expectExit(result, 0);
    expect(await contents(stack)).toEqual({ ...spoiled, site: "first" });
    expect(compared(before, await look(stack)).restarted).toEqual(["web"]);
    const name = join(stack.dir, "site");
    expect(result.json().parts).toEqual([{ kind: "bind", name, bytes: 6, files: 2 }]);
    const [copy = ""] = result.json().safetyCopy;
    expect(readFileSync(join(copy, "page"), "utf8")).toBe("spoiled\n");
  });

  it("takes all that a service mounts, and creates its container where that is gone", async () => {
    await stack.compose(["rm", "-sf", "web"]);
    const before = await look(stack);
    const result = await all.restore("--service", "web");
    expectExit(result, 0);
    expect(await contents(stack)).toEqual({ ...spoiled, media: "first", site: "first" });
    expect(compared(before, await look(stack))).toEqual({
      ranOn: ["db", "sidecar"],
      restarted: ["web"],
    });
  });

  it("does not ask for the other parts to be good", async () => {
    const { parts } = newestManifest(all.work, stack.name);
    const media = parts.find((part) => part.name === "media")?.archives[0]?.file ?? "";
    const point = join(all.work.backupDir, "testhost", stack.name, "latest");
    const whole = readFileSync(join(point, media));
    truncateSync(join(point, media), 7);
    expectExit(await all.restore("--part", "volume:media"), 1);
    expect(await contents(stack)).toEqual(spoiled);
    expectExit(await all.restore("--part", "volume:data"), 0);
    expect(await contents(stack)).toEqual({ ...spoiled, data: "first" });
    writeFileSync(join(point, media), whole);
  });

  it("creates of what is missing only what a volume needs to be there", async () => {
    await stack.compose(["rm", "-sf", "db", "sidecar"]);
    await docker("volume", "rm", `${stack.name}_data`);
    const before = await look(stack);
    expectExit(await all.restore("--part", "volume:media"), 0);
    expect([...(await look(stack)).keys()]).toEqual(["web"]);
    expectExit(await all.restore("--part", "volume:data"), 0);
    expect([...(await look(stack)).keys()]).toEqual(["db", "web"]);
    expect(await read(stack, "db", "/data/file")).toBe("first");
    expect((await look(stack)).get("web")?.id).toBe(before.get("web")?.id);
  });

  it("leaves a stack down that was down", async () => {
    await stack.compose(["stop", "-t", "1"]);
    const result = await all.restore("--part", "volume:data");
    expectExit(result, 0);
    expect(result.json()).toMatchObject({ running: false, downtimeMs: 0 });
    expect([...(await look(stack)).values()].map(({ state }) => state)).not.toContain("running");
    await stack.compose(["start"]);
    expect(await contents(stack)).toEqual({ ...spoiled, data: "first" });
  });

  it("names the parts of the point when there is none of that name", async () => {
    const unknown = await all.restore("--part", "volume:data", "--part", "volume:medai");
    expectExit(unknown, 2);
    const { code, message, hint } = unknown.json().error;
    expect(code).toBe("UNKNOWN_PART");
    expect(message).toContain('did you mean "volume:media"?');
    expect(hint).toContain("networks, project, recipe, volume:data, volume:media");
    expectExit(await all.restore("--part", "data"), 2);
    expect(await contents(stack)).toEqual(spoiled);
  });

  it("writes only these parts into a directory", async () => {
    const { work } = all;
    const to = ["restore", stack.name, "--to", `directory:${work.root}/out`, "--json"];
    const site = join(stack.dir, "site");
    const result = await work.stackhold([...to, "--part", "volume:data", "--part", `bind:${site}`]);
    expectExit(result, 0);
    const bind = `bind-${site.replaceAll("/", "%2F")}`;
    expect(readdirSync(join(work.root, "out")).sort()).toEqual([bind, "volume-data"]);
    expect(readFileSync(join(work.root, "out", bind, "page"), "utf8")).toBe("first\n");
    expect(readFileSync(join(work.root, "out/volume-data/file"), "utf8")).toBe("first\n");
  });
});
