import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../bed/bed.ts";
import { createStack } from "../bed/compose.ts";
import { journals, quiet } from "../support/aftermath.ts";
import { expectExit } from "../support/expect-exit.ts";
import { fakePrograms } from "../support/fake-programs.ts";
import { composeFile, service } from "../support/services.ts";
import { createWorkspace } from "../support/workspace.ts";

const compose = composeFile(
  { app: service({ volumes: ["data:/data", "./site:/site"] }) },
  { data: {} },
);
const files = { "compose.yaml": compose, "site/page": "page\n" };

describeWithEngine("a restore into a directory that is killed with -9", () => {
  it("leaves nothing once recover or the next run has looked, also while the engine is away", async () => {
    const engine = bedEngine();
    await using stack = await createStack(engine, { files });
    await using work = await createWorkspace(engine, { stacksDir: stack.root });
    await stack.up();
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    const held = join(work.root, "held");
    await using programs = await fakePrograms({
      tar: `case " $* " in *" --extract "*/new" ") for last; do :; done; echo half > "$last/half"
        : > ${held}; exec sleep infinity;; esac\nexec "$REAL" "$@"`,
    });
    const target = join(work.root, "files");
    const safety = join(target, ".stackhold-safety");
    const to = ["restore", stack.name, "--to", `directory:${target}`];

    const killed = async () => {
      rmSync(held, { force: true });
      const run = work.start(to, { env: { PATH: programs.path } });
      while (!existsSync(held)) await delay(20);
      expectExit(await work.stackhold(["recover"]), 0);
      expect(readdirSync(safety), "what a living run has staged").not.toEqual([]);
      run.process.kill("SIGKILL");
      await run.finished;
      await quiet({ name: stack.name, workspace: work });
      expect(readdirSync(safety)).not.toEqual([]);
    };

    await killed();
    const away = { env: { STACKHOLD_DOCKER_HOST: `unix://${work.root}/nobody.sock` } };
    expectExit(await work.stackhold(["recover"], away), 0);
    expect(readdirSync(target)).toEqual([]);
    expect(await journals({ workspace: work })).toEqual([]);

    await killed();
    expectExit(await work.stackhold(to), 0);
    expect(readdirSync(target).sort()).toEqual(["networks", "project", "recipe", "volume-data"]);
    expect(await journals({ workspace: work })).toEqual([]);
  });
});
