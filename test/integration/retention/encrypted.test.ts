import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeKeyPair } from "../../../src/adapters/age/passphrase.ts";
import { publishPoint } from "../../../src/testing/points.ts";
import { createRealRepository } from "../../../src/testing/real-archive-repository.ts";
import { daysAgo } from "../../support/old-points.ts";
import { expectRefused } from "../../support/refused.ts";
import { createWorkspace } from "../../support/workspace.ts";

const nobody = { dockerHost: "unix:///nonexistent/docker.sock", env: { PATH: process.env.PATH } };
const id = daysAgo(1);

/** An encrypted repository with a point, and the program with what it knows of the keys. */
async function encrypted(keys: Awaited<ReturnType<typeof makeKeyPair>>, knows: boolean) {
  const root = await createWorkspace(nobody);
  const path = join(root.root, "sealed");
  const repository = createRealRepository(path, "zstd", "local", { recipients: [keys.recipient] });
  await repository.open();
  await publishPoint(repository, { host: "testhost", unit: "shop", backupId: id });
  const identityFile = join(root.root, "key.txt");
  await writeFile(identityFile, `# created by a test\n${keys.identity}\n`, { mode: 0o600 });
  const encryption = {
    recipients: [keys.recipient],
    ...(knows ? { identity_file: identityFile } : {}),
  };
  const repositories = { local: { type: "archive", path, encryption } };
  const workspace = await createWorkspace(nobody, { config: { repositories } });
  return { root, workspace };
}

it("gives files of an encrypted point to whom has the identity, which it never shows", async () => {
  const keys = await makeKeyPair();
  const { root, workspace } = await encrypted(keys, true);
  await using _root = root;
  await using _workspace = workspace;
  const got = await workspace.stackhold(["files", "get", "shop", "volume:data", "inner/file"]);
  expect([got.code, got.stdout]).toEqual([0, "content"]);
  const deep = await workspace.stackhold(["verify", "shop", "--deep", "--verbose"]);
  expect([deep.code, deep.stdout]).toEqual([0, expect.stringContaining("no problems")]);
  const shown = await workspace.stackhold(["admin", "config", "show", "--verbose"]);
  for (const text of [deep.stdout, deep.stderr, shown.stdout, shown.stderr]) {
    expect(text).not.toContain(keys.identity);
  }
  const log = await readFile(join(workspace.logDir, "stackhold.log"), "utf8");
  expect(log).not.toContain(keys.identity);
});

it("lists and verifies without the identity, and exits 12 where it is needed", async () => {
  const { root, workspace } = await encrypted(await makeKeyPair(), false);
  await using _root = root;
  await using _workspace = workspace;
  expect((await workspace.stackhold(["list", "points", "--json"])).json()).toMatchObject([
    { backupId: id, status: "complete" },
  ]);
  expect((await workspace.stackhold(["verify", "shop"])).code).toBe(0);
  const says = "is encrypted, and nothing is configured that opens it";
  const refusal = { exit: 12, code: "WRONG_CREDENTIALS", says, hint: "identity_file" };
  const target = join(workspace.root, "out");
  await mkdir(target);
  const refused: string[][] = [
    ["verify", "shop", "--deep"],
    ["files", "ls", "shop", "volume:data"],
    ["files", "get", "shop", "volume:data", "inner", "-o", join(target, "inner")],
  ];
  for (const args of refused) {
    expectRefused(await workspace.stackhold([...args, "--json"]), refusal);
  }
});

it("wants to know whom to encrypt to", async () => {
  const path = "/nowhere";
  const repositories = { local: { type: "archive", path, encryption: { identity: "x" } } };
  await using workspace = await createWorkspace(nobody, { config: { repositories } });
  const done = await workspace.stackhold(["list", "points", "--json"]);
  expectRefused(done, { exit: 2, code: "CONFIG_INVALID", says: "names nobody", hint: "" });
});
