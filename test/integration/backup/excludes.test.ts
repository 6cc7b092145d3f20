import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { archivedNames, pointDirectory } from "../../support/archives.ts";
import { composeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const files = {
  "data/keep": "1",
  "data/a.tmp": "1",
  "cache/x": "1",
  "logs/app.log": "1",
  "secret.key": "1",
};

const compose = composeFile(
  {
    app: service({
      labels: { "stackhold.exclude": "*.tmp,/cache" },
      volumes: ["./data:/data", "vol:/vol"],
    }),
    helper: service({
      labels: { "stackhold.enable": "false" },
      volumes: ["./cache/:/cache", "scratch:/scratch", "off:/off", "./data:/data"],
    }),
  },
  {
    vol: { labels: { "stackhold.exclude": "big/" } },
    scratch: {},
    off: { labels: { "stackhold.enable": "false" } },
  },
);

async function backUp(workspace: Workspace, at: StackAtWork) {
  const { name } = at.stack;
  const done = await workspace.stackhold(["backup", name, "--json"]);
  expect(done.code).toBe(0);
  const { backupId, units } = done.json();
  const names = await archivedNames(pointDirectory(workspace, name, backupId));
  return { names, coverage: units[0].coverage };
}

describeWithEngine("what is excluded", () => {
  it("is so by a rule that coverage names: global, unit, label of a container or a volume", async () => {
    await using at = await stackAtWork(compose, { files });
    const { name, root, dir } = at.stack;
    await at.stack.exec("app", ["sh", "-c", "mkdir /vol/big; touch /vol/big/1 /vol/2 /vol/3.log"]);
    await using workspace = await createWorkspace(bedEngine(), {
      stacksDir: root,
      config: { backup: { exclude: ["*.log"] }, units: { [name]: { exclude: ["secret.*"] } } },
    });
    const { names, coverage } = await backUp(workspace, at);
    expect(names).toEqual({
      project: ["./", "./compose.yaml", "./data/", "./data/keep", "./logs/"],
      "volume-vol": ["./", "./2"],
    });
    expect(coverage.protected).toEqual([
      ...["project", `bind:${dir}/data`, "volume:vol", "recipe", "networks"],
    ]);
    const label = `label stackhold.exclude of ${at.named("app")}`;
    const rules = [
      ["*.log", "backup.exclude"],
      ["secret.*", `units.${name}.exclude`],
      ["*.tmp", label],
      ["/cache", label],
      ["big/ in volume:vol", "label stackhold.exclude of the volume"],
      [`bind:${dir}/cache`, "label stackhold.enable"],
      ["volume:scratch", "label stackhold.enable"],
      ["volume:off", "label stackhold.enable"],
    ].map(([what, rule]) => ({ what, rule }));
    expect(coverage.excluded).toHaveLength(rules.length);
    expect(coverage.excluded).toEqual(expect.arrayContaining(rules));
    expect(coverage.gaps).toEqual([]);

    const preview = await workspace.stackhold(["dry-run", name]);
    for (const { what, rule } of rules) expect(preview.stdout).toContain(`${what} (${rule})`);
  });

  it("with include_data: false, is all data; the configuration is stored", async () => {
    await using at = await stackAtWork(compose, { files });
    const { root, dir } = at.stack;
    await using workspace = await createWorkspace(bedEngine(), {
      stacksDir: root,
      config: { include_data: false },
    });
    const { names, coverage } = await backUp(workspace, at);
    expect(names).toEqual({
      project: ["./", "./compose.yaml", "./logs/", "./logs/app.log", "./secret.key"],
    });
    const rule = "include_data: false";
    expect(coverage.excluded).toContainEqual({ what: "volume:vol", rule });
    expect(coverage.excluded).toContainEqual({ what: `bind:${dir}/data`, rule });
  });

  it("does not come in by another part: a directory that a label leaves out stays out", async () => {
    const helper = service({
      labels: { "stackhold.enable": "false" },
      volumes: ["./cache:/cache"],
    });
    const app = service({ volumes: ["./cache/kept:/kept"] });
    const kept = { "cache/kept/1": "1", "cache/lost/2": "2" };
    await using at = await stackAtWork(composeFile({ app, helper }), { files: kept });
    const { names, coverage } = await backUp(at.workspace, at);
    const [bind, project] = Object.values(names);
    expect(bind).toEqual(["./", "./1"]);
    expect(project).toEqual(["./", "./compose.yaml"]);
    expect(coverage.protected).toEqual([
      ...["project", `bind:${at.stack.dir}/cache/kept`, "recipe", "networks"],
    ]);
  });

  it("fails its unit where a label cannot be read; nothing is stopped, and lists go on", async () => {
    const labels = { "stackhold.enable": "flase" };
    await using at = await stackAtWork(composeFile({ app: service({ labels }) }));
    const before = await at.look();
    const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expect(done.code).toBe(2);
    const says = `the container ${at.named("app")} has the label stackhold.enable="flase"`;
    expect(done.json().units[0].error.message).toContain(says);
    const listed = await at.workspace.stackhold(["list", "units", "--json"]);
    expect(listed.code).toBe(0);
    expect(listed.stderr).toContain(says);
    expect(await at.look()).toEqual(before);
  });
});
