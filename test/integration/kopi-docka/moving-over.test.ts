import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EngineAccess } from "../../bed/access.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, removeProject, type Stack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { describeTree } from "../../fixtures/odd-tree/describe-tree.ts";
import { expectExit } from "../../support/expect-exit.ts";
import {
  type FormerPoints,
  writtenByFormerVersion,
  writtenByKopiDocka,
} from "../../support/former-points.ts";
import { type MovedOver, movedOver } from "../../support/moved-over.ts";
import { inOwnSubnet } from "../../support/own-subnet.ts";
import { composeFile, healthcheck, service } from "../../support/services.ts";
import { isThorough } from "../../support/thorough.ts";

const compose = inOwnSubnet(
  composeFile(
    {
      web: service({
        restart: "always",
        healthcheck,
        environment: ["GREETING=$" + "{GREETING}", "API_TOKEN=t0ken"],
        volumes: ["data:/data", "./site:/site"],
      }),
      db: service({ restart: "unless-stopped", volumes: ["store:/store"] }),
    },
    { data: {}, store: {} },
  ),
);
const files = {
  "compose.yaml": compose,
  ".env": "GREETING=hello\n",
  "site/page": "first\n",
  notes: "of the user\n",
};

/** Everything that both of Kopi-Docka's forms keep but for times. */
const fill = `
  mkdir -p /data/sub/empty /data/odd
  echo text > /data/file; chown 1234:5678 /data/file; chmod 4751 /data/file
  dd if=/dev/urandom of=/data/sub/random bs=64k count=20 2> /dev/null
  ln -s ../file /data/sub/link; echo x > "/data/odd/two words"; chmod 2770 /data/sub
  chown 33:44 /data; chmod 750 /data`;

interface Way {
  readonly write: (stack: Stack, engine: EngineAccess) => Promise<FormerPoints>;
  /** Binds are stored since 7.8. */
  readonly hasBinds: boolean;
  readonly scope: string;
  /** Not only what differs for a user between the two forms; how each is read has tests of its own. */
  readonly isWholly: boolean;
}

const ways: Readonly<Record<string, Way>> = {
  "kopi-docka 7.9.0": {
    write: writtenByKopiDocka,
    hasBinds: true,
    scope: "standard",
    isWholly: true,
  },
  "tar streams of a former version": {
    write: writtenByFormerVersion,
    hasBinds: false,
    scope: "standard",
    isWholly: false,
  },
};

for (const [name, { write, hasBinds, scope, isWholly }] of Object.entries(ways)) {
  describeWithEngine(`moving over from ${name}`, () => {
    let engine: EngineAccess;
    let stack: Stack;
    /** What a restore of everything ends with: a point without the binds of its stack is worth a warning. */
    const whole = hasBinds ? 0 : 3;
    let former: FormerPoints;
    let moved: MovedOver;
    let scratch = "";
    let before: Record<string, string> = {};

    const docker = async (...args: string[]) =>
      (await run(["docker", ...args], { env: engine.env })).stdout.trim();
    const volumePath = (volume: string, project = stack.name) =>
      docker("volume", "inspect", "--format", "{{.Mountpoint}}", `${project}_${volume}`);
    const restore = (...args: string[]) =>
      moved.stackhold("restore", stack.name, "--yes", "--json", ...args);

    /** Without the times that Kopi-Docka does not keep. */
    const tree = (root: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries(describeTree(root)).map(([entry, text]) => [
          entry,
          text.replace(/^(\S+ \S+ \S+) \S+/, "$1"),
        ]),
      );
    const spoil = async () => {
      await stack.exec("web", ["sh", "-c", "echo spoiled > /data/file; rm -r /data/odd"]);
      writeFileSync(join(stack.dir, "site", "page"), "spoiled\n");
    };
    const page = () => readFileSync(join(stack.dir, "site", "page"), "utf8");

    beforeAll(async () => {
      engine = bedEngine();
      scratch = mkdtempSync(join(tmpdir(), "stackhold-moved-"));
      stack = await createStack(engine, { files });
      await stack.up();
      await stack.exec("web", ["sh", "-ec", fill]);
      await stack.exec("db", ["sh", "-ec", "echo row > /store/table"]);
      before = tree(await volumePath("data"));
      former = await write(stack, engine);
      moved = await movedOver(engine, former.repository, scratch);
    });
    afterAll(async () => {
      await moved?.[Symbol.asyncDispose]();
      await former?.[Symbol.asyncDispose]();
      await removeProject(engine, `${stack.name}c`);
      await stack?.[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    });

    if (isThorough || isWholly) {
      it("lists the point, complete, of this host, and by whom it was written", async () => {
        const result = await moved.stackhold("list", "points", "--json");
        expectExit(result, 0);
        expect(result.json()).toMatchObject([
          {
            ...{ unit: stack.name, kind: "stack", repository: "former", writtenBy: "kopi-docka" },
            ...{ status: "complete", scope, pinned: false },
          },
        ]);
        const shown = await moved.stackhold("list", "points");
        expect(shown.stdout).toContain("by Kopi-Docka");
      });

      it("finds nothing wrong with it, and keeps it whatever retention says", async () => {
        const verified = await moved.stackhold("verify", "--all", "--deep", "--json");
        expectExit(verified, 0);
        expect(verified.json()).toMatchObject({ checked: 1, ok: true, problems: [] });
        const pruned = await moved.stackhold("prune", "--dry-run", "--json");
        expectExit(pruned, 0);
        expect(pruned.json()).toMatchObject({ deleted: [], kept: 1 });
        const [{ backupId }] = (await moved.stackhold("list", "points", "--json")).json();
        const pinned = await moved.stackhold("admin", "snapshot", "pin", stack.name, backupId);
        expectExit(pinned, 2);
        expect(pinned.stderr).toContain("written by Kopi-Docka");
      });

      it("lists and fetches single files", async () => {
        const listed = await moved.stackhold("files", "ls", stack.name, "volume:data", "--json");
        expectExit(listed, 0);
        const paths = listed.json().map(({ path }: { path: string }) => path);
        expect(paths.sort()).toEqual(["file", "odd", "sub"]);
        const got = await moved.stackhold("files", "get", stack.name, "volume:data", "file");
        expect([got.code, got.stdout]).toEqual([0, "text\n"]);
        const output = join(scratch, "sub");
        expectExit(
          await moved.stackhold("files", "get", stack.name, "volume:data", "sub", "-o", output),
          0,
        );
        expect(tree(output)["./link"]).toContain("-> ../file");
      });

      it("restores all parts into a directory, and says what they lack", async () => {
        const directory = join(scratch, "all");
        const result = await restore("--to", `directory:${directory}`);
        expectExit(result, whole);
        expect(tree(join(directory, "volume-data"))).toEqual(before);
        expect(readFileSync(join(directory, "project", ".env"), "utf8")).toBe("GREETING=hello\n");
        expect(existsSync(join(directory, "project", "site", "page"))).toBe(hasBinds);
        expect(existsSync(join(directory, "recipe", `${stack.name}-web-1_inspect.json`))).toBe(
          true,
        );
        expect(result.stderr).toContain("volume:data: Kopi-Docka stored it without");
      });

      it("makes a copy beside the stack", async () => {
        const copy = `${stack.name}c`;
        const result = await moved.stackhold(
          ...["restore", stack.name, "--to", `project:${copy}`, "--json"],
        );
        expectExit(result, whole);
        expect(result.json()).toMatchObject({ running: true });
        expect(tree(await volumePath("data", copy))).toEqual(before);
        const greeting = ["exec", `${copy}-web-1`, "sh", "-c", "echo $GREETING"];
        expect(await docker(...greeting)).toBe("hello");
      });

      it("replaces project files that differ, and takes none away", async () => {
        writeFileSync(join(stack.dir, ".env"), "GREETING=changed\n");
        const kept = await restore();
        expectExit(kept, 3);
        expect(kept.json().warnings.join("\n")).toContain(".env differs from the point");
        expectExit(await restore("--with-project"), whole);
        expect(readFileSync(join(stack.dir, ".env"), "utf8")).toBe("GREETING=hello\n");
        expect(readFileSync(join(stack.dir, "notes"), "utf8")).toBe("of the user\n");
        expect(existsSync(join(stack.dir, "site", "page"))).toBe(true);
      });
    }

    it("restores in place, and leaves the rest of the project alone", async () => {
      await spoil();
      const result = await restore();
      expectExit(result, whole);
      expect(result.json()).toMatchObject({ running: true, healthy: true });
      expect(tree(await volumePath("data"))).toEqual(before);
      expect(page()).toBe(hasBinds ? "first\n" : "spoiled\n");
      const isSaid = result.stderr.includes(`bind:${stack.dir}/site: Kopi-Docka did not store it`);
      expect(isSaid).toBe(!hasBinds);
      expect(readFileSync(join(stack.dir, "notes"), "utf8")).toBe("of the user\n");
      expect((await stack.ps()).map(({ state }) => state)).toEqual(["running", "running"]);
    });

    it("brings back a stack of which nothing is left", async () => {
      await stack.down("-v");
      rmSync(stack.dir, { recursive: true });
      const result = await restore();
      expectExit(result, whole);
      expect(tree(await volumePath("data"))).toEqual(before);
      const row = await stack.exec("db", ["cat", "/store/table"]);
      expect(row.stdout).toBe("row\n");
      if (hasBinds) expect(page()).toBe("first\n");
      const names = (await stack.ps()).map(({ service: one, state }) => `${one} ${state}`);
      expect(names.sort()).toEqual(["db running", "web running"]);
      const subnet = ["network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}"];
      expect(compose).toContain(await docker(...subnet, `${stack.name}_default`));
    });
  });
}
