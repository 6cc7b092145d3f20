import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { run } from "../bed/run.ts";
import { guardsOf, journals, quiet } from "../support/aftermath.ts";
import { expectExit } from "../support/expect-exit.ts";
import { fakePrograms } from "../support/fake-programs.ts";
import { strikeWithin } from "../support/kill.ts";
import { composeFile, healthcheck, service } from "../support/services.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";

interface Shared extends AsyncDisposable {
  /** Two units with one volume, each with a point of it. */
  readonly one: Stack;
  readonly other: Stack;
  readonly work: Workspace;
  restoreOther(): ReturnType<Workspace["stackhold"]>;
  /** What is in the volume. */
  content(): Promise<string>;
}

const inApp = async (stack: Stack, script: string) =>
  (await stack.compose(["exec", "-T", "app", "sh", "-c", script])).stdout.trim();

async function shared(): Promise<Shared> {
  await using undo = new AsyncDisposableStack();
  const { env } = bedEngine();
  const volume = `shared-ordinary-${process.pid}`;
  await run(["docker", "volume", "create", volume], { env });
  undo.defer(async () => void (await run(["docker", "volume", "rm", volume], { env })));
  const app = service({ volumes: ["data:/data"], healthcheck });
  const compose = composeFile({ app }, { data: { external: true, name: volume } });
  const files = { "compose.yaml": compose };
  const one = undo.use(await createStack(bedEngine(), { files }));
  const other = undo.use(await createStack(bedEngine(), { files }));
  const work = undo.use(await createWorkspace(bedEngine(), { stacksDir: one.root }));
  for (const [stack, text] of [
    [one, "first"],
    [other, "second"],
  ] as const) {
    await stack.up();
    await inApp(stack, `echo ${text} > /data/file`);
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    await stack.compose(["stop"]);
  }
  await one.up();
  const disposal = undo.move();
  return {
    ...{ one, other, work },
    restoreOther: () => work.stackhold(["restore", other.name, "--yes", "--json"]),
    content: async () => {
      const image = "stackhold-test/busybox";
      const look = ["docker", "run", "--rm", "-v", `${volume}:/data`, image, "cat", "/data/file"];
      return (await run(look, { env })).stdout.trim();
    },
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

describeWithEngine("an ordinary volume that two units share", () => {
  it("is left alone by a restore of one while a restore of the other is at work", async () => {
    await using at = await shared();
    const { one, work } = at;
    const [armed, held] = [join(work.root, "armed"), join(work.root, "held")];
    await writeFile(armed, "");
    await using programs = await fakePrograms({
      tar: `case " $* " in *" --extract "*" -C "*)
  mv ${armed} ${held} && while test -e ${held}; do sleep 0.05; done ;;
esac
exec "$REAL" "$@"`,
    });
    const env = { PATH: programs.path };
    const first = work.start(["restore", one.name, "--yes", "--json"], { env });
    while (!existsSync(held)) {
      expect(first.process.exitCode).toBeNull();
      await delay(20);
    }
    const locked = await at.restoreOther();
    expectExit(locked, 11);
    expect(locked.json().error.message).toContain(`is in use by restore of ${one.name}`);
    expect(await at.content()).toBe("second");

    await rm(held);
    expectExit(await first.finished, 0);
    expect(await at.content()).toBe("first");
    expectExit(await at.restoreOther(), 0);
    expect(await at.content()).toBe("second");
  });

  it("keeps what a restore of one put there when a dead one of the other is put right", async () => {
    await using at = await shared();
    const { one, work } = at;
    const scene = { name: one.name, workspace: work };
    const killBoth = (pid: number | undefined) => {
      for (const each of [...guardsOf(scene), pid ?? 0]) process.kill(each, "SIGKILL");
    };
    await strikeWithin(
      "restart",
      async () => work.start(["restore", one.name, "--yes", "--events"]),
      ({ process: { pid } }) => killBoth(pid),
    );
    await quiet(scene);
    expect(await at.content()).toBe("first");

    const refused = await at.restoreOther();
    expectExit(refused, 11);
    expect(refused.json().error.message).toContain(`a restore of ${one.name} died`);
    expect(refused.json().error.hint).toContain("stackhold recover");
    expect(await at.content()).toBe("first");

    expectExit(await work.stackhold(["recover"]), 0);
    expect(await at.content()).toBe("second");
    await inApp(one, "echo third > /data/file");
    expectExit(await at.restoreOther(), 0);
    expectExit(await work.stackhold(["recover"]), 0);
    expect(await at.content()).toBe("second");
    expect(await journals(scene)).toEqual([]);
  });
});
