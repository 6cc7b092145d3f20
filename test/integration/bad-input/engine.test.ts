import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectNothingLeft } from "../../support/nothing-left.ts";
import { readOnlyProxy } from "../../support/read-only-proxy.ts";
import { expectRefused, untouched } from "../../support/refused.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { createWorkspace } from "../../support/workspace.ts";

const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

let at: StackAtWork;

/** A backup of the stack through another address of the engine; the stack must not notice. */
async function backupThrough(host: string, prefix: readonly string[] = []) {
  const options = { stacksDir: at.stack.root, config: { docker: { host } } };
  await using workspace = await createWorkspace(bedEngine(), options);
  if (prefix.length > 0) {
    await chmod(workspace.root, 0o777);
    await chmod(workspace.configFile, 0o644);
  }
  return await untouched(at, () =>
    workspace.stackhold(["backup", at.stack.name, "--json"], { prefix }),
  );
}

describeWithEngine("an engine that cannot be used", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      hostComposeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it("is not there: exit 1, with its address and where that comes from", async () => {
    const gone = `unix://${at.workspace.root}/no-engine.sock`;
    const done = await backupThrough(gone);
    const says = `no engine answers at ${gone} (docker.host): directly: no such socket; through \`docker\`: the same`;
    expectRefused(done, { exit: 1, code: "ENGINE_UNREACHABLE", says, hint: "is it running" });
  });

  it("is one whose socket gives no permission: exit 1, and says who may use it", async () => {
    const done = await backupThrough(bedEngine().dockerHost, nobody);
    const refusal = {
      exit: 1,
      code: "ENGINE_FORBIDDEN",
      says: "permission denied",
      hint: "as root",
    };
    expectRefused(done, refusal);
  });

  it("is behind a proxy that lets nobody write: exit 1 before anything is stopped", async () => {
    expectExit(await at.workspace.stackhold(["backup", at.stack.name]), 0);
    const point = await at.workspace.stackhold(["list", "points", "--json"]);
    await using proxy = await readOnlyProxy(bedEngine().dockerHost);
    const says = /^stop of containers is not allowed: HTTP status 403/;
    const hint = /a socket proxy .* must allow POST/;
    const refusal = { exit: 1, code: "ENGINE_FORBIDDEN", says, hint };
    const through = { docker: { host: proxy.address } };
    const options = {
      stacksDir: at.stack.root,
      config: through,
      backupDir: at.workspace.backupDir,
    };
    await using workspace = await createWorkspace(bedEngine(), options);
    const { name } = at.stack;
    const commands = [
      ["backup", name],
      ["restore", name, "--yes"],
      ["restore", name, "--to", `project:${name}c`],
    ];
    for (const command of commands) {
      const done = await untouched(at, () => workspace.stackhold([...command, "--json"]));
      expectRefused(done, refusal);
      await expectNothingLeft({ name, workspace });
    }
    const listed = await workspace.stackhold(["list", "points", "--json"]);
    expect(listed.json()).toEqual(point.json());

    for (const command of [
      ["list", "units"],
      ["dry-run", name],
      ["restore", name, "--dry-run"],
    ]) {
      expectExit(await workspace.stackhold([...command, "--json"]), 0);
    }
    expect(proxy.calls.filter((call) => /^POST .*\/(stop|start)$/.test(call))).toHaveLength(3);
  });

  it("is something else that listens there: exit 1", async () => {
    const path = join(at.workspace.root, "other.sock");
    const server = createServer((_, answer) => answer.end("hello"));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      const done = await backupThrough(`unix://${path}`);
      const says = /what answers at .* is no engine/;
      expectRefused(done, { exit: 1, code: "ENGINE_ERROR", says, hint: /\S/ });
    } finally {
      server.close();
    }
  });

  it("is named by an address or a context that nobody understands: exit 1 or 2", async () => {
    const odd = await backupThrough("carrier-pigeon://coop");
    expect([1, 2]).toContain(odd.code);
    expectRefused(odd, {
      exit: odd.code ?? 0,
      code: odd.json().error.code,
      says: "carrier-pigeon",
      hint: /\S/,
    });
    const file = join(at.workspace.root, "bare.yaml");
    const places = ["state", "logs", "backups"].map((name) => join(at.workspace.root, name));
    const [state, logs, backups] = places;
    await writeFile(file, `state_dir: ${state}\nlog_dir: ${logs}\nbackup_dir: ${backups}\n`);
    const env = { DOCKER_HOST: undefined, DOCKER_CONTEXT: "nowhere" };
    const done = await at.workspace.stackhold(["--config", file, "list", "units", "--json"], {
      env,
    });
    const says = 'there is no docker context "nowhere"';
    expectRefused(done, { exit: 1, code: "ENGINE_UNREACHABLE", says, hint: "docker context ls" });
  });
});
