import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, type Stack } from "../../bed/compose.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { freePort } from "../../support/free-port.ts";
import { inOwnSubnet } from "../../support/own-subnet.ts";
import { composeFile, healthcheck, service } from "../../support/services.ts";
import { lasting, standing } from "../../support/standing.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const statesOf = async (stack: Stack) =>
  lasting(await standing(bedEngine(), { projects: [stack.name] }));

const value = async (stack: Stack) => (await stack.exec("db", ["cat", "/data/value"])).stdout;

function set(stack: Stack, text: string): Promise<unknown> {
  return stack.exec("db", ["sh", "-c", `echo ${text} > /data/value`]);
}

async function expectNothingLeft(stack: Stack, work: Workspace): Promise<void> {
  expect(existsSync(join(stack.dir, ".stackhold-safety"))).toBe(false);
  expectExit(await work.stackhold(["recover", "--json"]), 0);
}

describeWithEngine("a restore that fails", () => {
  it("puts the data back and leaves nothing of its own when a new container cannot start", async () => {
    const port = await freePort();
    const files = {
      "compose.yaml": composeFile(
        {
          db: service({ restart: "always", volumes: ["data:/data", "./conf:/conf"], healthcheck }),
          web: service({ restart: "unless-stopped", ports: [`127.0.0.1:${port}:80`] }),
        },
        { data: {} },
      ),
      "conf/setting": "first\n",
    };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    await set(stack, "first");
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await set(stack, "second");
    await writeFile(join(stack.dir, "conf/setting"), "second\n");
    await stack.compose(["rm", "-s", "-f", "web"]);
    const before = await statesOf(stack);

    const server = await listening(port);
    const failed = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(failed, 1);
    expect(failed.json().error).toMatchObject({ code: "RESTORE_FAILED" });
    expect(failed.json().error.message).toContain(`${stack.name}-web-1`);
    expect(await value(stack)).toBe("second\n");
    expect(await readFile(join(stack.dir, "conf/setting"), "utf8")).toBe("second\n");
    expect(await statesOf(stack)).toEqual(before);
    await expectNothingLeft(stack, work);

    server.close();
    await once(server, "close");
    expectExit(await work.stackhold(["restore", stack.name, "--yes"]), 0);
    expect(await value(stack)).toBe("first\n");
    expect(Object.keys(await statesOf(stack))).toHaveLength(2);
  });

  it("puts healthy data back when what was restored does not get healthy", async () => {
    const ready = { ...healthcheck, test: ["CMD", "test", "-f", "/data/ready"] };
    const files = {
      "compose.yaml": composeFile(
        { db: service({ restart: "always", volumes: ["data:/data"], healthcheck: ready }) },
        { data: {} },
      ),
    };
    await using stack = await createStack(bedEngine(), { files });
    const config = { backup: { start_timeout: "2s" } };
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root, config });
    await stack.compose(["up", "-d"]);
    await set(stack, "first");
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await set(stack, "second");
    await stack.exec("db", ["touch", "/data/ready"]);
    await stack.up();
    const before = await statesOf(stack);

    const failed = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(failed, 1);
    expect(failed.json().error.code).toBe("RESTORE_FAILED");
    await stack.up();
    expect(await value(stack)).toBe("second\n");
    expect(await statesOf(stack)).toEqual(before);
    await expectNothingLeft(stack, work);
  });

  it("exits 4 and keeps what is restored where there was nothing to go back to", async () => {
    const port = await freePort();
    const files = {
      "compose.yaml": inOwnSubnet(
        composeFile(
          {
            db: service({ volumes: ["data:/data"] }),
            web: service({ ports: [`127.0.0.1:${port}:80`] }),
          },
          { data: {} },
        ),
      ),
    };
    await using stack = await createStack(bedEngine(), { files });
    await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
    await stack.up();
    await set(stack, "first");
    expectExit(await work.stackhold(["backup", stack.name, "--json"]), 0);
    await stack.down("-v");
    await rm(stack.dir, { recursive: true });

    const server = await listening(port);
    const restored = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
    expectExit(restored, 4);
    expect(restored.json()).toMatchObject({ status: "failed", running: false, healthy: false });
    expect(restored.json().error.message).toContain(`${stack.name}-web-1`);
    expect(await value(stack)).toBe("first\n");
    server.close();
    await once(server, "close");
    await stack.compose(["up", "-d", "--no-recreate"]);
    expect(await value(stack)).toBe("first\n");
    await expectNothingLeft(stack, work);
  });
});
