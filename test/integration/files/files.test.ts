import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, type Stack } from "../../bed/compose.ts";
import { describeTree } from "../../fixtures/odd-tree/describe-tree.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { newestManifest } from "../../support/newest-manifest.ts";
import { expectRefused } from "../../support/refused.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const files = {
  "compose.yaml": hostComposeFile({ app: service({ volumes: ["./site:/site"] }) }),
  "site/index.html": "<h1>first</h1>\n",
  "site/deep/page.html": "deep\n",
  notes: "first\n",
};
const many = 5_000;

describeWithEngine("files", () => {
  let stack: Stack;
  let work: Workspace;
  let site = "";
  const sh = (script: string) => execFileSync("sh", ["-euc", script], { cwd: stack.dir });
  const named = (paths: readonly { readonly path: string }[]) =>
    paths.map(({ path }) => path).sort();

  beforeAll(async () => {
    stack = await createStack(bedEngine(), { files });
    work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    site = `bind:${join(stack.dir, "site")}`;
    sh(`cd site; ln -s 'index.html' link; ln index.html deep/again; mkfifo pipe
        chown 33:44 index.html; chmod 4751 index.html; mkdir empty huge
        touch -d '2001-02-03 04:05:06.123456789 UTC' index.html
        printf x > "$(printf 'n\\374\\033[31m')"
        cd huge; seq -f 'a file with a long name to fill the table %.0f' ${many} | xargs -d '\\n' touch`);
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    writeFileSync(join(stack.dir, "notes"), "second\n");
  });
  afterAll(async () => {
    await work[Symbol.asyncDispose]();
    await stack[Symbol.asyncDispose]();
  });

  const ls = (...args: string[]) => work.stackhold(["files", "ls", stack.name, ...args]);
  const get = (...args: string[]) => work.stackhold(["files", "get", stack.name, ...args]);

  it("ls without a part lists the parts as one can name them", async () => {
    const { parts } = newestManifest(work, stack.name);
    const facts = parts.map(({ kind, name, source, bytes, files: entries }) => ({
      ...{ kind, name, source, bytes, files: entries },
    }));
    expect((await ls("--json")).json()).toEqual(facts);
    expect((await ls("--at", "latest")).stdout).toMatch(/^PART .*\nproject .* \/.*\n/);
    expectRefused(await ls("--recursive", "--json"), {
      ...{ exit: 2, code: "USAGE", says: "--recursive goes with a part", hint: "files ls" },
    });
  });

  it("ls --json tells each entry of a directory with its facts", async () => {
    const listed = await ls("project", "/site/", "--json");
    expectExit(listed, 0);
    const all = listed.json();
    expect(named(all)).toEqual(
      ["deep", "empty", "huge", "index.html", "link", "n\ufffd\u001b[31m", "pipe"].map(
        (name) => `site/${name}`,
      ),
    );
    const of = (path: string) => all.find((one: { path: string }) => one.path === path);
    expect(of("site/index.html")).toMatchObject({
      ...{ type: "file", mode: "4751", uid: 33, gid: 44, bytes: 15 },
      mtime: "2001-02-03T04:05:06.123456789Z",
    });
    expect(of("site/link")).toMatchObject({ type: "link", target: "index.html" });
    expect(of("site/pipe")).toMatchObject({ type: "fifo" });
    const odd = all.find((one: { pathBase64?: string }) => one.pathBase64 !== undefined);
    expect(Buffer.from(odd.pathBase64, "base64").toString("latin1")).toBe("site/n\xfc\x1b[31m");
  });

  it("ls takes a bind as a part, one entry, and all below", async () => {
    expect(named((await ls(site, "deep", "--json")).json())).toEqual([
      "deep/again",
      "deep/page.html",
    ]);
    expect((await ls("project", "notes", "--json")).json()).toMatchObject([
      { path: "notes", bytes: 6 },
    ]);
    expect((await ls(site, "empty", "--json")).json()).toEqual([]);
    expect(named((await ls("project", "site/deep", "-R", "--json")).json())).toEqual([
      "site/deep/again",
      "site/deep/page.html",
    ]);
    expect(named((await ls("project", "--json")).json())).toEqual([
      "compose.yaml",
      "notes",
      "site",
    ]);
  });

  it("ls prints lines for people, with control characters written out", async () => {
    const { stdout } = await ls(site);
    const lines = stdout.trim().split("\n");
    expect(lines.find((line) => line.includes("index.html") && !line.includes("->"))).toMatch(
      /^-rwsr-x--x 33:44 +15 B 2001-02-03 04:05:06 index\.html/,
    );
    expect(stdout).toContain("n\\xfc\\x1b[31m");
    expect(stdout).not.toContain("\x1b");
    expect(stdout).toMatch(/^lrwx.* link -> index\.html$/m);
    expect(stdout).toMatch(/^drwx.* deep\/$/m);
  });

  it("ls of a huge directory is one document, and ends when nobody reads it", async () => {
    const all = await ls(site, "huge", "--json");
    expectExit(all, 0);
    expect(all.json()).toHaveLength(many);
    const started = work.start(["files", "ls", stack.name, site, "huge"]);
    started.process.stdout?.destroy();
    expectExit(await started.finished, 0);
  });

  it("an unknown path: exit 2 with the one that was probably meant", async () => {
    const unknown = await ls("project", "site/indx.html", "--json");
    expectExit(unknown, 2);
    expect(unknown.json().error).toMatchObject({ code: "UNKNOWN_PATH" });
    expect(unknown.json().error.message).toContain('did you mean "site/index.html"?');
    const fetched = await get(site, "deep/pge.html");
    expectExit(fetched, 2);
    expect(fetched.stderr).toContain('did you mean "deep/page.html"?');
    expect(fetched.stdout).toBe("");
    for (const path of ["../x", "a/../../x"]) expectExit(await get("project", path), 2);
    expectExit(await ls("projet"), 2);
    expectExit(await ls("project", "--at", "2001-01-01"), 2);
  });

  it("get prints a file as it was, odd names and hard links too", async () => {
    expect((await get("project", "notes")).stdout).toBe("first\n");
    expect((await get(site, "deep/again")).stdout).toBe("<h1>first</h1>\n");
    const odd = Buffer.from("n\xfc\x1b[31m", "latin1").toString("base64");
    expect((await get(site, odd, "--base64")).stdout).toBe("x");
    const directory = await get("project", "site");
    expectExit(directory, 2);
    expect(directory.stderr).toContain("-o");
  });

  it("get -o writes a file with its attributes, and never over another", async () => {
    const output = join(work.root, "fetched", "index.html");
    const fetched = await get(site, "index.html", "-o", output, "--json");
    expectExit(fetched, 0);
    expect(fetched.json()).toMatchObject({ path: "index.html", output });
    const { mode, uid, mtimeMs } = statSync(output);
    expect([mode & 0o7777, uid, Math.floor(mtimeMs)]).toEqual([0o4751, 33, 981173106123]);
    expect(readFileSync(output, "utf8")).toBe("<h1>first</h1>\n");
    expectExit(await get("project", "notes", "-o", output), 2);
    expect(readFileSync(output, "utf8")).toBe("<h1>first</h1>\n");
    expect(readdirSync(join(work.root, "fetched"))).toEqual(["index.html"]);
  });

  it("get -o writes a directory with all below it", async () => {
    const output = join(work.root, "deep");
    expectExit(await get("project", "site/deep", "-o", output), 0);
    expect(readdirSync(output).sort()).toEqual(["again", "page.html"]);
    const link = join(work.root, "a link");
    expectExit(await get(site, "link", "-o", link), 0);
    expect(readlinkSync(link)).toBe("index.html");
    const whole = join(work.root, "site");
    expectExit(await get(site, ".", "-o", whole), 0);
    expect(describeTree(whole)).toEqual(describeTree(join(stack.dir, "site")));
    expectExit(await get("project", "site/dep", "-o", join(work.root, "none")), 2);
    expect(existsSync(join(work.root, "none"))).toBe(false);
  });

  it("tells and gives the same of a point stored in two passes", async () => {
    await using other = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    expectExit(await other.stackhold(["backup", stack.name, "--freeze", "two-phase"]), 0);
    const { parts } = newestManifest(other, stack.name);
    expect(parts.flatMap(({ archives }) => archives.map(({ role }) => role))).toContain("listing");
    const listed = await other.stackhold(["files", "ls", stack.name, site, "--json"]);
    const bySite = async (from: Workspace) =>
      (await from.stackhold(["files", "ls", stack.name, site, "--json"])).json();
    const sorted = (all: { path: string; hardLinkTo?: string }[]) =>
      all
        .map(({ hardLinkTo: _, ...facts }) => facts)
        .sort((one, another) => (one.path < another.path ? -1 : 1));
    expect(sorted(listed.json())).toEqual(sorted(await bySite(work)));
    const fetch = ["files", "get", stack.name, site];
    const page = await other.stackhold([...fetch, "deep/page.html"]);
    expect(page.stdout).toBe("deep\n");
    const output = join(other.root, "deep");
    expectExit(await other.stackhold([...fetch, "deep", "-o", output]), 0);
    expect(readdirSync(output).sort()).toEqual(["again", "page.html"]);
    expectExit(await other.stackhold([...fetch, "dep"]), 2);
  });

  it("a damaged archive is told, also after the first entries", async () => {
    await using other = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    mkdirSync(join(other.root, "backups"));
    expectExit(await other.stackhold(["backup", stack.name]), 0);
    const [part] = newestManifest(other, stack.name).parts;
    const point = join(other.backupDir, "testhost", stack.name, "latest");
    const file = join(point, part?.archives[0]?.file ?? "");
    const { size } = statSync(file);
    const bytes = readFileSync(file);
    bytes.fill(0, Math.floor(size * 0.9), Math.floor(size * 0.95));
    writeFileSync(file, bytes);
    const listed = await other.stackhold(["files", "ls", stack.name, "project", "-R", "--json"]);
    expectExit(listed, 1);
    const document = listed.json();
    expect((document.at?.(-1) ?? document).error.code).toBe("POINT_DAMAGED");
    truncateSync(file, 10);
    const cut = await other.stackhold(["files", "ls", stack.name, "project", "--json"]);
    expectExit(cut, 1);
    expect(cut.json().error.code).toBe("POINT_DAMAGED");
  });
});
