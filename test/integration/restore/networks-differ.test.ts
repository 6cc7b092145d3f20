import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectRefused } from "../../support/refused.ts";
import { image } from "../../support/services.ts";
import { createSharedNetwork, type SharedNetwork } from "../../support/shared-network.ts";
import { atTerminal } from "../../support/terminal.ts";

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

describeWithEngine("a restore in place where a network is not as it was", () => {
  let shared: SharedNetwork;
  let differences: string[];

  beforeAll(async () => {
    shared = await createSharedNetwork(`shared-${process.pid}`);
    await shared.differ();
    differences = [
      `reserved address none, in the point printer=${shared.subnet}.40`,
      "label made=again, in the point made=first",
    ];
  });
  afterAll(() => shared[Symbol.asyncDispose]());

  const restore = (...args: string[]) =>
    shared.workspace.stackhold(["restore", shared.stack.name, "--json", ...args]);

  it("keeps it and says how it differs, where nobody is there to be asked", async () => {
    const before = await shared.look();
    const preview = await restore("--dry-run");
    expectExit(preview, 0);
    const kept = { name: shared.network, action: "kept", differences, moved: [] };
    expect(preview.json().networks).toEqual([kept]);
    const aside = shared.others.toSorted().join(", ");
    const text = `the network ${shared.network} is not as it was and is kept: ${differences.join("; ")}; --networks recreate makes it anew`;
    expect(preview.json().actions).toContain(`${text}, with ${aside} moved aside and back`);
    const done = await restore("--yes");
    expectExit(done, 3);
    expect(done.json()).toMatchObject({ networks: [kept], warnings: [text] });
    expect(await shared.look()).toEqual(before);
  });

  it("needs an answer where it is told to ask, and nobody is there", async () => {
    const before = await shared.look();
    expectRefused(await restore("--yes", "--networks", "ask"), {
      exit: 2,
      code: "CONFIRMATION_REQUIRED",
      says: shared.network,
      hint: "--networks keep leaves them as they are",
    });
    expect(await shared.look()).toEqual(before);
  });

  it.each([
    ["q", "q\r"],
    ["Ctrl-C", "\u0003"],
  ])("is ended by %s: exit 130, nothing is touched", async (_, keys) => {
    const before = await shared.look();
    await using terminal = await atTerminal(shared.workspace, ["restore", shared.stack.name]);
    await terminal.seen("[y/N]");
    terminal.type("y\r");
    await terminal.seen("[y/N/q]");
    terminal.type(keys);
    const { code, text } = await terminal.ended;
    expect(code).toBe(130);
    expect(text).toContain("cancelled: nothing was touched");
    expect(await shared.look()).toEqual(before);
  });

  it("changes nothing where somebody in it cannot come back", async () => {
    const blocker = `blocker-${process.pid}`;
    const reserved = ["--network", shared.network, "--ip", `${shared.subnet}.40`];
    await docker("run", "-d", "--init", "--name", blocker, ...reserved, image, "sleep", "1000");
    try {
      const before = await shared.look();
      const failed = await restore("--yes", "--networks", "recreate");
      expectExit(failed, 1);
      expect(failed.json().error).toMatchObject({
        code: "ENGINE_ERROR",
        message: expect.stringMatching(/Address already in use/),
      });
      expect({ ...(await shared.look()), id: "" }).toEqual({ ...before, id: "" });
      const address = `{{(index .NetworkSettings.Networks "${shared.network}").IPAddress}}`;
      const inspected = await docker("inspect", "--format", address, blocker);
      expect(inspected.stdout.trim()).toBe(`${shared.subnet}.40`);
    } finally {
      await docker("rm", "-f", blocker);
    }
  });

  it("makes it anew on yes: everybody else runs on, with address and aliases", async () => {
    const before = await shared.look();
    await using terminal = await atTerminal(shared.workspace, ["restore", shared.stack.name]);
    await terminal.seen("[y/N]");
    terminal.type("y\r");
    await terminal.seen("[y/N/q]");
    terminal.type("y\r");
    const { code, text } = await terminal.ended;
    const question = `The network ${shared.network} is not as it was: ${differences.join("; ")}.`;
    const aside = `${shared.others.toSorted().join(", ")} would leave it for a moment and come back.`;
    expect(text.replaceAll(/\s+/g, " ")).toContain(`${question} ${aside} Make it anew?`);
    expect(code, text).toBe(0);
    const after = await shared.look();
    expect(after.id).not.toBe(before.id);
    expect(after).toEqual({ ...before, id: after.id, network: shared.recorded });
    await docker("start", shared.others[2] ?? "");
    const inspected = await docker(
      "inspect",
      "--format",
      "{{.State.Running}}",
      shared.others[2] ?? "",
    );
    expect(inspected.stdout.trim()).toBe("true");
    expect((await restore("--yes", "--networks", "recreate")).json()).not.toHaveProperty(
      "networks",
    );
  });
});
