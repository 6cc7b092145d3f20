import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { createStack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { hostComposeFile, image, service } from "../../support/services.ts";
import { standing } from "../../support/standing.ts";
import { createWorkspace } from "../../support/workspace.ts";

const compose = hostComposeFile(
  { db: service({ volumes: ["data:/data"] }), web: service() },
  { data: {} },
);

describeWithEngine("a restore while containers on the data are paused", () => {
  it("has them run on what is in place in the end: the old data rolled back, or the restored", async () => {
    const engine = bedEngine();
    await using stack = await createStack(engine, { files: { "compose.yaml": compose } });
    await using work = await createWorkspace(engine, { stacksDir: stack.root });
    const docker = (...args: string[]) => run(["docker", ...args], { env: engine.env });
    const [db, guest] = [`${stack.name}-db-1`, `${stack.name}-guest`] as const;
    const write = (text: string) => docker("exec", db, "sh", "-c", `echo ${text} > /data/value`);
    const read = (name: string) => docker("exec", name, "cat", "/data/value");
    const restore = ["restore", stack.name, "--yes", "--json"];
    await stack.up();
    await write("first");
    expectExit(await work.stackhold(["backup", stack.name]), 0);
    await write("second");
    const mount = ["--volume", `${stack.name}_data:/data`];
    await docker("run", "-d", "--init", "--name", guest, ...mount, image, "sleep", "infinity");
    try {
      const expectAll = async (text: string) => {
        const all = await standing(engine, { names: [db, guest] });
        expect(Object.values(all).map(({ state }) => state)).toEqual(["running", "running"]);
        for (const name of [db, guest]) expect((await read(name)).stdout).toBe(`${text}\n`);
      };
      await stack.compose(["rm", "-s", "-f", "web"]);
      await docker("pause", db, guest);
      await using programs = await fakePrograms({
        docker: `case " $* " in *" up "*|*" create "*) exit 1;; esac\nexec "$REAL" "$@"`,
      });
      expectExit(await work.stackhold(restore, { env: { PATH: programs.path } }), 1);
      await expectAll("second");

      await docker("pause", db, guest);
      const done = await work.stackhold(restore);
      expectExit(done, 3);
      expect(done.json().warnings).toEqual(
        [db, guest].map((name) => expect.stringContaining(`${name} was paused`)),
      );
      await expectAll("first");
    } finally {
      await docker("rm", "-fv", guest);
    }
  });
});
