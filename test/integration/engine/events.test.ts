import { expect, it } from "vitest";
import { dockerEngine } from "../../../src/adapters/docker/engine.ts";
import type { EngineEvent } from "../../../src/ports/engine.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { openFront } from "./front.ts";

const image = "stackhold-test/busybox";

describeWithEngine("the stream of events", () => {
  it("goes on after a cut, without losing or repeating an event", async () => {
    const { dockerHost, env } = bedEngine();
    await using front = await openFront(dockerHost);
    using engine = dockerEngine({ endpoint: { address: front.address, origin: "test" } });
    const name = `engine-events-${process.pid}`;
    await run(["docker", "create", "--name", name, image, "sleep", "1000"], { env });
    const done = new AbortController();
    const seen: EngineEvent[] = [];
    const rounds = 4;
    try {
      const start = () => run(["docker", "restart", "-t", "0", name], { env });
      const first = start();
      const filter = { containers: [name], actions: ["start"], since: 1 };
      for await (const event of engine.events(filter, done.signal)) {
        seen.push(event);
        if (seen.length === rounds) break;
        front.cut();
        await first;
        await start();
      }
    } finally {
      await run(["docker", "rm", "-f", name], { env });
    }
    expect(seen.map(({ action }) => action)).toEqual(Array(rounds).fill("start"));
    const times = seen.map(({ timeNano }) => BigInt(timeNano));
    expect(times).toEqual([...new Set(times)].sort((a, b) => (a < b ? -1 : 1)));
    expect(front.calls.filter((call) => call.includes("/events"))).toHaveLength(rounds);
  });

  it("fails when the engine is gone for good", async () => {
    const front = await openFront(bedEngine().dockerHost);
    using engine = dockerEngine({ endpoint: { address: front.address, origin: "test" } });
    await engine.info();
    const next = engine
      .events({ actions: ["nothing-such"] })
      [Symbol.asyncIterator]()
      .next();
    await expect.poll(() => front.calls.some((call) => call.includes("/events"))).toBe(true);
    const failure = expect(next).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
    await front.close();
    await failure;
  });

  it("ends without an error when it is aborted while nothing happens", async () => {
    const { dockerHost } = bedEngine();
    await using front = await openFront(dockerHost);
    using engine = dockerEngine({ endpoint: { address: front.address, origin: "test" } });
    const done = new AbortController();
    const stream = engine.events({ actions: ["nothing-such"] }, done.signal);
    const next = stream[Symbol.asyncIterator]().next();
    await expect.poll(() => front.calls.some((call) => call.includes("/events"))).toBe(true);
    done.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
