import { readdir, readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { type EstimateResult, estimateResultSchema } from "../../../src/domain/estimate-result.ts";
import { formatPart } from "../../../src/domain/part.ts";
import { describeWithEngine } from "../../bed/bed.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { composeFile, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

const compose = composeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} });
const fill = "head -c 3000000 /dev/urandom > /data/noise; yes play | head -c 6000000 > /data/text";

function basesOf({ units }: EstimateResult): string[] {
  const parts = units.flatMap((unit) => unit.parts);
  return parts.map((part) => `${formatPart(part)} ${part.stored.map(({ basis }) => basis)}`);
}

describeWithEngine("estimating sizes", () => {
  it("comes near to what the backup stores, and changes nothing", async () => {
    await using at = await stackAtWork(compose);
    const { name } = at.stack;
    await at.stack.exec("app", ["sh", "-c", fill]);
    const before = await at.look();
    const estimate = async (exit: number): Promise<EstimateResult> => {
      const done = await at.workspace.stackhold([
        "admin",
        "snapshot",
        "estimate-size",
        name,
        "--json",
      ]);
      expectExit(done, exit);
      expect(estimateResultSchema.parse(done.json())).toEqual(done.json());
      return done.json();
    };
    const first = await estimate(0);
    expect(basesOf(first)).toEqual([
      "project sample",
      "volume:data sample",
      "recipe assumption",
      "networks assumption",
    ]);
    expect(await readdir(at.workspace.root)).not.toContain("backups");
    expect(await at.look()).toEqual(before);

    const backup = await at.workspace.stackhold(["backup", name, "--freeze", "none", "--json"]);
    const [unit] = backup.json().units;
    const data = unit.parts.find(({ kind }: { kind: string }) => kind === "volume");
    const guessed = first.units[0]?.parts.find(({ kind }) => kind === "volume");
    expect([guessed?.bytes, guessed?.files]).toEqual([data.bytes, data.files]);
    const share = (guessed?.stored[0]?.storedBytes ?? 0) / data.storedBytes;
    expect(Math.abs(share - 1)).toBeLessThan(0.05);
    const [local] = first.repositories;
    expect(local).toMatchObject({ name: "local", enough: true });
    expect(local?.neededBytes).toBeGreaterThan(data.storedBytes);

    // Twice as much of what the point shows to be incompressible.
    await at.stack.exec("app", ["cp", "/data/noise", "/data/again"]);
    await at.stack.exec("app", ["rm", "/data/text"]);
    const { configFile, backupDir } = at.workspace;
    const repositories = { local: archive(backupDir), lost: archive(configFile) };
    const plain = await readFile(configFile, "utf8");
    await writeFile(configFile, plain + stringify({ repositories }));
    const second = await estimate(3);
    expect(new Set(basesOf(second).map((basis) => basis.split(" ")[1]))).toEqual(
      new Set(["point"]),
    );
    const then = data.storedBytes / data.bytes;
    const now = second.units[0]?.parts.find(({ kind }) => kind === "volume");
    expect(now?.stored[0]?.storedBytes).toBe(Math.round((now?.bytes ?? 0) * then));
    expect(second.repositories[1]).toMatchObject({
      name: "lost",
      error: { code: "REPOSITORY_UNUSABLE" },
    });
    const text = await at.workspace.stackhold(["admin", "snapshot", "estimate-size"]);
    expectExit(text, 3);
    expect(text.stdout).toMatch(/^local: about .* to store, needs .* free, has /m);
    expect(text.stderr).toMatch(/WARNING.*repository lost: /);
  });
});

const archive = (path: string) => ({ type: "archive", path });
