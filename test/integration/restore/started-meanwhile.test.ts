import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import type { Stack } from "../../bed/compose.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { hostComposeFile, image, service } from "../../support/services.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";

const compose = hostComposeFile(
  { db: service({ volumes: ["data:/data"] }), web: service() },
  { data: {} },
);

const value = async (stack: Stack) => (await stack.exec("db", ["cat", "/data/value"])).stdout;

const set = (stack: Stack, text: string) =>
  stack.exec("db", ["sh", "-c", `echo ${text} > /data/value`]);

const host = () => `DOCKER_HOST='${bedEngine().dockerHost}'`;

describeWithEngine("a restore during which somebody else starts containers", () => {
  it("replaces nothing and names a container that was made while the data was unpacked", async () => {
    await using at = await stackWithPoint(compose, { fill: (stack) => set(stack, "first") });
    const { stack, work } = at;
    await set(stack, "second");

    const guest = `${stack.name}-guest`;
    const label = `com.docker.compose.project=${stack.name}`; // removed with the stack
    const runGuest = `run --detach --init --name ${guest} --label ${label} --volume ${stack.name}_data:/data ${image} sleep infinity`;
    await using programs = await fakePrograms({
      tar: `case " $* " in *" -x"*|*extract*) ${host()} docker inspect ${guest} || ${host()} docker ${runGuest};; esac >&2\nexec "$REAL" "$@"`,
    });
    const failed = await work.stackhold(["restore", stack.name, "--yes", "--json"], {
      env: { PATH: programs.path },
    });
    expectExit(failed, 1);
    expect(failed.json().error).toMatchObject({ code: "RESTORE_FAILED" });
    expect(failed.json().error.message).toContain(`started ${guest}`);
    expect(await value(stack)).toBe("second\n");
    expect((await stack.ps()).map(({ state }) => state)).toEqual(["running", "running", "running"]);

    await run(["docker", "rm", "--force", guest], { env: bedEngine().env });
    expectExit(await at.restore(), 0);
    expect(await value(stack)).toBe("first\n");
  });

  it("stops what was started after the data changed places, and starts it with the rest", async () => {
    await using at = await stackWithPoint(compose, { fill: (stack) => set(stack, "first") });
    const { stack, work } = at;
    await set(stack, "second");
    await stack.compose(["rm", "-s", "-f", "web"]);

    const db = `${stack.name}-db-1`;
    await using programs = await fakePrograms({
      docker: `"$REAL" "$@"\ncode=$?\ncase " $* " in *" up "*|*" create "*) ${host()} "$REAL" start ${db} >&2;; esac\nexit $code`,
    });
    const restored = await work.stackhold(["restore", stack.name, "--yes", "--json"], {
      env: { PATH: programs.path },
    });
    expect(restored.json()).toMatchObject({ status: "warning", running: true, healthy: true });
    expect(restored.json().warnings).toEqual([expect.stringContaining(`started ${db}`)]);
    expect(await value(stack)).toBe("first\n");
    expect((await stack.ps()).map(({ state }) => state)).toEqual(["running", "running"]);
  });
});
