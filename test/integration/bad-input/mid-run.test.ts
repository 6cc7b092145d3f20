import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { expectRefused, expectUnitFailed } from "../../support/refused.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { lasting } from "../../support/standing.ts";
import { createWorkspace } from "../../support/workspace.ts";
import { openFront, passOn } from "../engine/front.ts";

/** A Stackhold for the stack; as soon as it stops a container, `act` is done first. */
async function meanwhile(at: StackAtWork, act: () => Promise<void>) {
  const { dockerHost } = bedEngine();
  const { id } = Object.values(await at.look())[0] ?? {};
  let done = false;
  const front = await openFront(dockerHost, (call, answer) => {
    if (done || !call.url?.includes(`${id}/stop`)) return false;
    done = true;
    void act().then(() => passOn(dockerHost, call, answer));
    return true;
  });
  const workspace = await createWorkspace(bedEngine(), {
    stacksDir: at.stack.root,
    config: { docker: { host: front.address } },
  });
  return {
    workspace,
    async [Symbol.asyncDispose]() {
      await workspace[Symbol.asyncDispose]();
      await front[Symbol.asyncDispose]();
    },
  };
}

async function mountpoint(volume: string): Promise<string> {
  const ask = ["docker", "volume", "inspect", "--format", "{{.Mountpoint}}", volume];
  return (await run(ask, { env: bedEngine().env })).stdout.trim();
}

describeWithEngine("in mid-run", () => {
  it("a bind vanishes: the unit fails, and runs again", async () => {
    await using at = await stackAtWork(
      hostComposeFile({ app: service({ volumes: ["../gone:/gone", "./conf:/conf"] }) }),
    );
    await using other = await meanwhile(at, () =>
      rm(join(at.stack.root, "gone"), { recursive: true }),
    );
    const before = await at.look();
    const done = await other.workspace.stackhold(["backup", at.stack.name, "--json"]);
    const says = `${at.stack.root}/gone is not there`;
    expectUnitFailed(done, { exit: 1, code: "SOURCE_UNREADABLE", says, hint: /\S/ });
    expect(lasting(await at.look())).toEqual(lasting(before));
    const points = await other.workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toEqual([]);
  });

  it("a volume vanishes that the unit cannot start without: exit 4; recover starts it once it is back", async () => {
    await using at = await stackAtWork(
      hostComposeFile({ app: service({ volumes: ["data:/data"] }), well: service() }, { data: {} }),
    );
    const data = await mountpoint(`${at.stack.name}_data`);
    await using other = await meanwhile(at, () => rename(data, `${data}-away`));
    const done = await other.workspace.stackhold(["backup", at.stack.name, "--json"]);
    const says = `${at.stack.name} is not running again: ${at.named("app")} (`;
    const refusal = { exit: 4, code: "LEFT_DOWN", says: /\S/, hint: "stackhold recover" };
    expectUnitFailed(done, refusal);
    expect(done.json().units[0].error.message).toContain(says);
    expect((await at.look())[at.named("well")]?.state).toBe("running");

    const next = await other.workspace.stackhold(["backup", at.stack.name, "--json"]);
    const down = "was left down by an earlier run and does not start";
    expectUnitFailed(next, { ...refusal, says: down });
    await rm(data, { recursive: true, force: true });
    await rename(`${data}-away`, data);
    const recovered = await other.workspace.stackhold(["recover", "--json"]);
    expect(recovered).toMatchObject({ code: 0 });
    expect(recovered.json().units).toMatchObject([{ unit: at.stack.name, failed: [] }]);
    expect((await at.look())[at.named("app")]?.state).toBe("running");
    expect(await other.workspace.stackhold(["backup", at.stack.name])).toMatchObject({ code: 0 });
  });

  it("a second run is refused with exit 11 that names the first, and the first goes on", async () => {
    await using at = await stackAtWork(
      hostComposeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    await using other = await meanwhile(at, () => held);
    const first = other.workspace.start(["backup", at.stack.name, "--events"]);
    await first.seen('"step":"quiesce"');
    const before = await at.look();
    const says = /is in use by backup (of|into) .*, process \d+, since 20\d\d-/;
    const refusal = { exit: 11, code: "LOCKED", says, hint: "wait for it to end" };
    const second = await other.workspace.stackhold(["backup", at.stack.name, "--json"]);
    expectRefused(second, refusal);
    expect(second.json().error.message).toContain(String(first.process.pid));
    const restore = ["restore", at.stack.name, "--yes", "--json"];
    expectRefused(await other.workspace.stackhold(restore), refusal);
    expect(await other.workspace.stackhold(["list", "units", "--json"])).toMatchObject({ code: 0 });
    expect(await at.look()).toEqual(before);
    go();
    expect(await first.finished).toMatchObject({ code: 0 });
  });
});
