import { rm } from "node:fs/promises";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack, type Stack } from "../../bed/compose.ts";
import { redisSession } from "../../support/database-sessions.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { freePort } from "../../support/free-port.ts";
import { newestManifest } from "../../support/newest-manifest.ts";
import { judge, startWriter } from "../../support/numbered-writer.ts";
import { createWorkspace } from "../../support/workspace.ts";

const composeFile = (port: number) => `
services:
  cache:
    image: stackhold-test/redis
    restart: unless-stopped
    ports: ["127.0.0.1:${port}:6379"]
    volumes: ["cache-data:/data"]
volumes:
  cache-data:
`;

async function redis(stack: Stack, ...args: string[]): Promise<string> {
  return (await stack.exec("cache", ["redis-cli", ...args])).stdout.trim();
}

async function numbers(stack: Stack): Promise<Set<number>> {
  const keys = await redis(stack, "--scan", "--pattern", "key:*");
  return new Set(keys.split("\n").map((key) => Number(key.slice("key:".length))));
}

describeWithEngine("a Redis server with an append-only file that a client writes to", () => {
  it.each(["stop", "down", "pause"] as const)(
    "comes back from quiesce %s with every key that was acknowledged before the freeze, and no later one",
    async (quiesce) => {
      const port = await freePort();
      const files = { "compose.yaml": composeFile(port) };
      await using stack = await createStack(bedEngine(), { files });
      await using work = await createWorkspace(bedEngine(), { stacksDir: stack.root });
      await stack.up();
      const client = startWriter(() => redisSession(port, (n) => `SET key:${n} ${n * n}`));
      await client.acknowledged(300);
      const backup = await work.stackhold(["backup", stack.name, "--quiesce", quiesce, "--json"]);
      expectExit(backup, 0);
      await client.acknowledged(300);
      await client.stop();

      await stack.down("-v");
      await rm(stack.dir, { recursive: true });
      const restore = await work.stackhold(["restore", stack.name, "--yes", "--json"]);
      expectExit(restore, 0);
      expect(restore.json()).toMatchObject({ running: true, healthy: true, warnings: [] });

      const frozenAt = Date.parse(newestManifest(work, stack.name).frozenAt);
      const verdict = judge(client.acts, frozenAt, await numbers(stack));
      expect(verdict).toMatchObject({ lost: [], added: [] });
      expect(Math.min(verdict.before, verdict.after)).toBeGreaterThanOrEqual(300);
      expect(await redis(stack, "GET", `key:${verdict.before}`)).toBe(`${verdict.before ** 2}`);
    },
  );
});
