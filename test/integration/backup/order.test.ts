import { expect, it } from "vitest";
import type { EngineAccess } from "../../bed/access.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { type EngineEvent, momentOf, watchEngine } from "../../support/engine-events.ts";
import { composeFile, healthcheck, image, service } from "../../support/services.ts";
import { lasting, standing } from "../../support/standing.ts";
import { createWorkspace } from "../../support/workspace.ts";

const name = `ord${process.pid}`;
const of = (service: string) => `${name}-${service}`;

const compose = composeFile(
  {
    db: service({ restart: "always", healthcheck, volumes: ["dbdata:/data"] }),
    migrate: JSON.stringify({
      image,
      command: ["sh", "-c", "echo once >> /data/migrations"],
      volumes: ["dbdata:/data"],
      depends_on: { db: { condition: "service_healthy" } },
    }),
    app: service({
      container_name: of("the-app"),
      restart: "unless-stopped",
      depends_on: {
        db: { condition: "service_healthy" },
        migrate: { condition: "service_completed_successfully" },
      },
    }),
    web: service({ restart: "on-failure:3", healthcheck, scale: 2, depends_on: ["app"] }),
    vpn: service({ restart: "no", depends_on: ["db"] }),
    torrent: service({ network_mode: "service:vpn", restart: "always" }),
    extra: service({ restart: "always", depends_on: ["db"] }),
    frozen: service({ depends_on: ["db"] }),
  },
  { dbdata: {} },
);

/** In the network namespace of a member, and of a container that is itself in it; no unit of ours. */
async function guests(engine: EngineAccess) {
  const start = (guest: string, host: string) =>
    run(
      [
        "docker",
        "run",
        "-d",
        "--init",
        "--name",
        of(guest),
        "--network",
        `container:${of(host)}`,
      ].concat("--restart", "always", image, "sleep", "infinity"),
      { env: engine.env },
    );
  await start("guest", "vpn-1");
  await start("guest-of-guest", "guest");
  return {
    names: [of("guest"), of("guest-of-guest")],
    async [Symbol.asyncDispose]() {
      const names = [of("guest"), of("guest-of-guest")];
      await run(["docker", "rm", "-f", ...names], { env: engine.env, allowFailure: true });
    },
  };
}

function expectOrder(events: readonly EngineEvent[], dependent: string, dependency: string) {
  const moment = (container: string, action: string) => momentOf(events, of(container), action);
  expect(moment(dependent, "die")).toBeLessThan(moment(dependency, "kill"));
  expect(moment(dependency, "start")).toBeLessThan(moment(dependent, "start"));
}

describeWithEngine("a backup that stops a stack", () => {
  it("has exactly the same containers running afterwards, and goes down and up in order", async () => {
    const engine = bedEngine();
    await using stack = await createStack(engine, { name, files: { "compose.yaml": compose } });
    await stack.compose(["up", "-d"]);
    await stack.compose(["stop", "extra"]);
    await stack.compose(["pause", "frozen"]);
    await using beside = await guests(engine);
    await using workspace = await createWorkspace(engine, { stacksDir: stack.root });
    const everybody = { projects: [name], names: beside.names };
    const healthy = async () => {
      for (;;) {
        const all = Object.values(await standing(engine, everybody));
        if (all.every(({ health }) => health === "" || health === "healthy")) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await healthy();
    const before = await standing(engine, everybody);
    const watch = watchEngine(engine);

    const done = await workspace.stackhold(["backup", name, "--json"]);

    expect(done).toMatchObject({ code: 0 });
    const after = await standing(engine, everybody);
    expect(lasting(after)).toEqual(lasting(before));
    expect(Object.keys(after)).toHaveLength(11);
    for (const still of [of("migrate-1"), of("extra-1"), of("frozen-1")]) {
      expect(after[still]).toEqual(before[still]);
    }
    const events = await watch.happened(name);
    for (const web of ["web-1", "web-2"]) expectOrder(events, web, "the-app");
    expectOrder(events, "the-app", "db-1");
    expectOrder(events, "vpn-1", "db-1");
    expectOrder(events, "torrent-1", "vpn-1");
    const started = (container: string) => momentOf(events, of(container), "start");
    expect(started("guest")).toBeGreaterThan(started("vpn-1"));
    expect(started("guest-of-guest")).toBeGreaterThan(started("guest"));
    expect(events.filter(({ action }) => /create|destroy|rename|update/.test(action))).toEqual([]);

    const [unit] = done.json().units;
    const times = (action: string) => events.filter((e) => e.action === action).map((e) => e.at);
    const down = Math.max(...times("start")) - Math.min(...times("kill"));
    expect(unit.downtimeMs).toBeGreaterThanOrEqual(Math.floor(down));
    expect(unit.downtimeMs).toBeLessThan(down + 3000);
    expect(unit.readyMs).toBeGreaterThanOrEqual(unit.downtimeMs);
  });

  it("brings a lone container back with its restart policy, and who lives in its network", async () => {
    const engine = bedEngine();
    const alone = of("alone");
    await using workspace = await createWorkspace(engine);
    const names = [alone, of("tail")];
    try {
      const options = ["-d", "--init", "--restart", "always", "-v", "/data"];
      const start = (...args: string[]) =>
        run(["docker", "run", ...options, ...args, image, "sleep", "infinity"], {
          env: engine.env,
        });
      await start("--name", alone);
      await start("--name", of("tail"), "--network", `container:${alone}`);
      const before = await standing(engine, { names });
      const done = await workspace.stackhold(["backup", alone, "--json"]);
      expect(done).toMatchObject({ code: 0 });
      expect(done.json().units[0]).toMatchObject({ unit: alone, kind: "standalone" });
      const after = await standing(engine, { names });
      expect(lasting(after)).toEqual(lasting(before));
      for (const each of names) {
        expect(after[each]?.startedAt).not.toBe(before[each]?.startedAt);
      }
    } finally {
      await run(["docker", "rm", "-fv", ...names], { env: engine.env, allowFailure: true });
    }
  });
});
