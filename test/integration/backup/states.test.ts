import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { hostComposeFile, image, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";
import { lasting } from "../../support/standing.ts";

const stackOf = (services: Record<string, string>) => stackAtWork(hostComposeFile(services));

const deaf = (more: Record<string, unknown> = {}) =>
  JSON.stringify({
    image,
    command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"],
    ...more,
  });

describeWithEngine("a backup", () => {
  it("says that a container was killed at its timeout, and goes on", async () => {
    const services = { app: deaf({ stop_grace_period: "1s" }) };
    await using at = await stackOf(services);
    const before = await at.look();
    const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expect(done.code).toBe(3);
    const [unit] = done.json().units;
    expect(unit.warnings).toEqual([
      expect.stringMatching(
        /-app-1 was killed after 1 s: its data is crash-consistent; .*`init: true` or `stop_signal` .* stackhold\.stop-timeout/,
      ),
    ]);
    expect(lasting(await at.look())).toEqual(lasting(before));
  });

  it("does not hold it against a unit that a container was unhealthy or crashing before", async () => {
    const sick = { test: ["CMD", "false"], interval: "200ms", timeout: "5s", retries: 1 };
    await using at = await stackOf({
      app: service({ healthcheck: sick }),
      crashing: JSON.stringify({ image, command: ["false"], restart: "always" }),
      well: service(),
    });
    const app = `${at.stack.name}-app-1`;
    const crashing = `${at.stack.name}-crashing-1`;
    await at.until(
      (all) => all[app]?.health === "unhealthy" && all[crashing]?.state === "restarting",
    );
    const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expect(done.json()).toMatchObject({ status: "succeeded", units: [{ status: "succeeded" }] });
    expect(done.code).toBe(0);
    const after = await at.look();
    expect(after[app]?.state).toBe("running");
    await at.until((all) => all[crashing]?.state === "restarting");
  });

  it("exits 4 when what ran or was healthy is not so again, and keeps the point", async () => {
    const firstTimeOnly =
      "rm -f /well; test -e /ran || touch /well; touch /ran; exec sleep infinity";
    const check = { test: ["CMD", "test", "-e", "/well"], interval: "200ms", retries: 2 };
    await using at = await stackOf({
      ill: service({ command: ["sh", "-c", firstTimeOnly], healthcheck: check }),
      gone: service({
        command: ["sh", "-c", "test -e /ran && exit 7; touch /ran; exec sleep infinity"],
      }),
    });
    const { name } = at.stack;
    await at.until((all) => all[`${name}-ill-1`]?.health === "healthy");
    const env = { STACKHOLD_BACKUP_START_TIMEOUT: "2", STACKHOLD_BACKUP_STAY_UP: "1" };
    const done = await at.workspace.stackhold(["backup", name, "--json"], { env });
    expect(done.code).toBe(4);
    const [unit] = done.json().units;
    expect(unit).toMatchObject({ status: "failed", error: { code: "LEFT_DOWN" } });
    expect(unit.error.message).toContain(`${name}-gone-1: not running (exit code 7)`);
    expect(unit.error.message).toContain(`${name}-ill-1: unhealthy`);
    expect(unit.error.hint).toContain("restore point was stored");
    const points = await at.workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toMatchObject([{ unit: name, status: "complete" }]);
  });

  it("exits 4 when a container without a health check crashes right after its start", async () => {
    const crash = (more: object) =>
      service({
        command: [
          ...["sh", "-c"],
          "test -e /ran && sleep 1 && exit 7; touch /ran; exec sleep infinity",
        ],
        ...more,
      });
    const again = "test -e /1 && ! test -e /2 && touch /2 && exit 3; touch /1; exec sleep infinity";
    await using at = await stackOf({
      once: service({ command: ["sh", "-c", again], restart: "always" }),
      gone: crash({}),
      loop: crash({ restart: "always" }),
    });
    const { name } = at.stack;
    const env = { STACKHOLD_BACKUP_START_TIMEOUT: "8", STACKHOLD_BACKUP_STAY_UP: "3" };
    const done = await at.workspace.stackhold(["backup", name, "--json"], { env });
    expect(done.code).toBe(4);
    const [unit] = done.json().units;
    expect(unit).toMatchObject({ status: "failed", error: { code: "LEFT_DOWN" } });
    expect(unit.error.message).toContain(`${name}-gone-1: not running (exit code 7)`);
    expect(unit.error.message).toMatch(
      new RegExp(`${name}-loop-1: (ends soon after its start|restarting again and again)`),
    );
    expect(unit.error.message).not.toContain(`${name}-once-1`);
  });

  it("of a stack whose members are all stopped, touches none of them", async () => {
    await using at = await stackOf({ app: service({ volumes: ["/data"] }) });
    await at.stack.compose(["stop"]);
    const before = await at.look();
    const done = await at.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expect(done).toMatchObject({ code: 0 });
    expect(done.json().units[0]).toMatchObject({ status: "succeeded", downtimeMs: 0 });
    expect(await at.look()).toEqual(before);
  });
});
