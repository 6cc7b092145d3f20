import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectNothingLeft } from "../../support/nothing-left.ts";
import { hostComposeFile, service } from "../../support/services.ts";
import { type StackWithPoint, stackWithPoint } from "../../support/stack-with-point.ts";
import { lasting, standing } from "../../support/standing.ts";

const app = service({ volumes: ["data:/data"], env_file: ["app.env"] });
const compose = hostComposeFile({ app }, { data: {} });
const files = { "app.env": "A=1\n" };

let at: StackWithPoint;

const look = () => standing(bedEngine(), { projects: [at.stack.name] });
const scene = () => ({ name: at.stack.name, workspace: at.work });
const write = (name: string, text: string) => writeFile(join(at.stack.dir, name), text);
const spoilt: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
  ["is no YAML", () => write("compose.yaml", "services: {app: [\n"), /yaml/i],
  ["is wrong for Compose", () => write("compose.yaml", "services: {app: {imag: x}}\n"), /imag\b/],
  ["names an env file that is missing", () => rm(join(at.stack.dir, "app.env")), /app\.env/],
];

describeWithEngine("a compose file that", () => {
  beforeAll(async () => {
    at = await stackWithPoint(compose, { files });
  });
  beforeEach(async () => {
    await write("compose.yaml", compose);
    await write("app.env", files["app.env"]);
  });
  afterAll(() => at?.[Symbol.asyncDispose]());

  it.each(spoilt)(
    "%s: a backup has its data and says what it lacks; where Compose is needed, nothing begins",
    async (_, spoil, says) => {
      await spoil();
      const before = await look();
      const down = ["backup", at.stack.name, "--quiesce", "down", "--json"];
      const refused = await at.work.stackhold(down);
      expectExit(refused, 1);
      expect(refused.json().units[0].error).toMatchObject({
        code: "COMPOSE_FAILED",
        message: expect.stringMatching(says),
        hint: expect.stringMatching(/docker compose config/),
      });
      expect(await look()).toEqual(before);
      await expectNothingLeft(scene());

      const done = await at.work.stackhold(["backup", at.stack.name, "--json"]);
      const [unit] = done.json().units;
      expect(unit.repositories).toMatchObject([{ status: "succeeded" }]);
      expect(unit.repositories).toMatchObject([{ status: "succeeded" }]);
      const gaps = unit.coverage.gaps.map(
        ({ what, why }: { what: string; why: string }) => `${what}: ${why}`,
      );
      expect(gaps.join("\n")).toMatch(says);
      expect(unit.parts.map(({ kind }: { kind: string }) => kind)).toContain("volume");
      expect(lasting(await look())).toEqual(lasting(before));
      await expectNothingLeft(scene());
    },
  );

  // A file that is missing comes back with the point, which is no bad input.
  it.each(spoilt.slice(0, 2))(
    "%s: a restore that must make containers changes nothing, and goes on with the stored files",
    async (_, spoil, says) => {
      await at.stack.compose(["up", "-d"]);
      expectExit(await at.work.stackhold(["backup", at.stack.name, "--json"]), 0);
      await at.stack.down();
      await spoil();
      const failed = await at.restore();
      expectExit(failed, 1);
      const { error } = failed.json();
      expect(`${error.message} ${error.hint}`).toMatch(says);
      expect(await look()).toEqual({});
      await expectNothingLeft(scene());
      expectExit(await at.restore("--with-project"), 0);
      expect(Object.values(await look())).toMatchObject([{ state: "running" }]);
    },
  );
});
