import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { archivedNames, ofData, pointDirectory } from "../../support/archives.ts";
import { composeFile, image, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";
import { createWorkspace } from "../../support/workspace.ts";

let outside = "";
beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), "stackhold-outside-"));
  await mkdir(join(outside, "tree/inner"), { recursive: true });
  await writeFile(join(outside, "tree/a"), "a");
  await writeFile(join(outside, "tree/inner/b"), "b");
  await writeFile(join(outside, "file"), "file");
});
afterAll(() => rm(outside, { recursive: true, force: true }));

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

describeWithEngine("every mount", () => {
  it("is stored once, left out by a named rule, or a gap", async () => {
    const socket = bedEngine().dockerHost.replace("unix://", "");
    const gone = join(outside, "gone");
    const app = service({
      volumes: [
        "named:/named",
        "/anonymous",
        "./conf:/conf",
        "./single.txt:/single.txt:ro",
        `${outside}/tree:/tree`,
        `${outside}/tree/inner:/inner`,
        `${outside}/file:/file`,
        `${gone}:/gone`,
        "/:/host:ro",
        `${socket}:/var/run/docker.sock`,
        "/etc/localtime:/etc/localtime:ro",
      ],
      tmpfs: ["/scratch"],
    });
    const files = { "conf/app.conf": "x", "single.txt": "y", ".env": "Z=1\n" };
    await using at = await stackAtWork(composeFile({ app }, { named: {} }), { files });
    await rm(gone, { recursive: true });
    await at.stack.exec("app", ["sh", "-c", "echo 1 > /named/one; echo 2 > /anonymous/two"]);

    const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);

    expect(done.code).toBe(3);
    const { backupId, units } = done.json();
    const anonymous = units[0].parts[1].name as string;
    expect(anonymous).toMatch(/^[0-9a-f]{64}$/);
    const names = await archivedNames(pointDirectory(at.workspace, at.stack.name, backupId));
    const escaped = (path: string) => path.replaceAll("/", "%2F");
    expect(names).toEqual({
      [`bind-${escaped(`${outside}/file`)}`]: ["./file"],
      [`bind-${escaped(`${outside}/tree`)}`]: ["./", "./a", "./inner/", "./inner/b"],
      project: ["./", "./.env", "./compose.yaml", "./conf/", "./conf/app.conf", "./single.txt"],
      "volume-named": ["./", "./one"],
      [`volume-${anonymous}`]: ["./", "./two"],
    });
    const { coverage } = units[0];
    expect(coverage.protected.toSorted()).toEqual(
      [
        ...["project", "recipe", "networks"],
        "volume:named",
        `volume:${anonymous}`,
        ...["/file", "/tree", "/tree/inner"].map((path) => `bind:${outside}${path}`),
        ...["/conf", "/single.txt"].map((path) => `bind:${at.stack.dir}${path}`),
      ].toSorted(),
    );
    expect(coverage.excluded).toHaveLength(3);
    expect(coverage.excluded).toEqual(
      expect.arrayContaining([
        { what: "tmpfs:/scratch", rule: "no data: tmpfs" },
        { what: "bind:/etc/localtime", rule: expect.stringContaining("host") },
        { what: `bind:${socket}`, rule: expect.stringContaining("host") },
      ]),
    );
    expect(coverage.gaps).toEqual([
      { what: `bind:${gone}`, why: `${gone} does not exist`, new: true },
      { what: "bind:/", why: expect.stringContaining("never captured"), new: true },
    ]);
    expect(units[0].warnings).toHaveLength(2);

    const again = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expect(again.code).toBe(0);
    // The start made the directory that was missing: that is what the engine does.
    expect(again.json().units[0].coverage.gaps).toMatchObject([{ what: "bind:/", new: false }]);
  });

  it("that holds Stackhold's own places is stored without them, however they are spelled", async () => {
    await using workspace = await createWorkspace(bedEngine());
    const link = join(outside, "link-to-backups");
    await symlink(workspace.backupDir, link);
    await using linked = await createWorkspace(bedEngine(), { backupDir: link });
    const name = `own${process.pid}`;
    await docker(
      ...["run", "-d", "--init", "--name", name, "-v", `${workspace.root}:/w`],
      ...["-v", `${workspace.backupDir}:/r`, image, "sleep", "infinity"],
    );
    try {
      for (const from of [workspace, linked]) {
        const done = await from.stackhold(["backup", name, "--json"]);
        expect(done.code, done.stdout + done.stderr).toBe(3);
        const { backupId, units } = done.json();
        const names = await archivedNames(pointDirectory(from, name, backupId));
        const [stored = []] = Object.values(names);
        expect(stored).toContain("./config.yaml");
        expect(stored.filter((path) => path.startsWith("./backups"))).toEqual([]);
        const { excluded, gaps } = units[0].coverage;
        const rule = 'never captured: the repository "local"';
        expect(excluded).toContainEqual({ what: workspace.backupDir, rule });
        expect(gaps).toMatchObject([
          { what: `bind:${workspace.backupDir}`, why: expect.stringContaining("the repository") },
        ]);
      }
    } finally {
      await docker("rm", "-f", name);
    }
  });

  it("shared by two stacks belongs to both, and says who keeps writing to it", async () => {
    const shared = `shared${process.pid}`;
    await docker("volume", "create", shared);
    try {
      const volumes = { shared: { external: true, name: shared } };
      const reader = service({ volumes: ["shared:/data:ro"] });
      await using one = await stackAtWork(
        composeFile({ app: service({ volumes: ["shared:/data"] }) }, volumes),
      );
      await using two = await stackAtWork(composeFile({ app: reader }, volumes));
      const first = await one.workspace.stackhold(["backup", one.stack.name, "--json"]);
      const second = await two.workspace.stackhold(["backup", two.stack.name, "--json"]);
      for (const done of [first, second]) {
        const parts: { kind: string; name: string }[] = done.json().units[0].parts;
        expect(parts).toContainEqual(expect.objectContaining({ kind: "volume", name: shared }));
      }
      expect(first.code).toBe(0);
      expect(second.code).toBe(3);
      expect(second.json().units[0].warnings).toEqual([
        `volume:${shared} is live-shared: ${one.named("app")} may write to it while it is stored`,
      ]);
    } finally {
      await docker("volume", "rm", "-f", shared);
    }
  });

  it("of a volume that is called like another one without the project keeps a part of its own", async () => {
    const alien = `alien${process.pid}`;
    await docker("volume", "create", alien);
    try {
      const volumes = { [alien]: {}, other: { external: true, name: alien } };
      const app = service({ volumes: [`${alien}:/own`, "other:/other"] });
      await using at = await stackAtWork(composeFile({ app }, volumes));
      const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
      const stored: { kind: string; name: string }[] = done.json().units[0].parts;
      const parts = ofData(stored);
      expect(parts.map(({ name }) => name).toSorted()).toEqual(
        ["", alien, `${at.stack.name}_${alien}`].toSorted(),
      );
    } finally {
      await docker("volume", "rm", "-f", alien);
    }
  });

  it("missing, a container has a point all the same, and is not stopped for it", async () => {
    await using workspace = await createWorkspace(bedEngine());
    const name = `bare${process.pid}`;
    await docker("run", "-d", "--init", "--name", name, image, "sleep", "infinity");
    try {
      const done = await workspace.stackhold(["backup", name, "--json"]);
      expect(done).toMatchObject({ code: 0 });
      const [unit] = done.json().units;
      expect(unit).toMatchObject({ status: "succeeded", downtimeMs: 0 });
      expect(ofData(unit.parts)).toEqual([]);
      const verified = await workspace.stackhold(["verify", name, "--json"]);
      expect(verified.json()).toMatchObject({ checked: 1, ok: true });
    } finally {
      await docker("rm", "-f", name);
    }
  });
});
