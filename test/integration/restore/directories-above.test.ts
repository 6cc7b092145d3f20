import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { composeFile, service } from "../../support/services.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";

const factsOf = (path: string) => {
  const { mode, uid, gid } = statSync(path);
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
};

describeWithEngine("directories above a bind, outside the project", () => {
  it("come back as they were where they are gone, and are left alone where they are not", async () => {
    const outside = mkdtempSync(join(tmpdir(), "stackhold-above-"));
    await using _ = {
      [Symbol.asyncDispose]: async () => rmSync(outside, { recursive: true, force: true }),
    };
    const [outer, inner] = [join(outside, "outer"), join(outside, "outer/inner")];
    mkdirSync(join(inner, "data"), { recursive: true });
    writeFileSync(join(inner, "data/file"), "as stored");
    for (const [path, mode] of [
      [outer, 0o2750],
      [inner, 0o711],
    ] as const) {
      chownSync(path, 1234, 4321);
      chmodSync(path, mode);
    }
    const app = service({ volumes: [`${inner}/data:/data`] });
    await using at = await stackWithPoint(composeFile({ app }));
    const before = [factsOf(outer), factsOf(inner)];
    expect(before).toEqual(["2750 1234:4321", "711 1234:4321"]);
    await at.stack.down();

    rmSync(outer, { recursive: true });
    expectExit(await at.copy("--no-start"), 0);
    expect([factsOf(outer), factsOf(inner)]).toEqual(before);
    rmSync(outer, { recursive: true });
    expectExit(await at.restore(), 0);
    expect([factsOf(outer), factsOf(inner)]).toEqual(before);

    await at.stack.down();
    rmSync(inner, { recursive: true });
    chmodSync(outer, 0o700);
    expectExit(await at.restore(), 0);
    expect([factsOf(outer), factsOf(inner)]).toEqual(["700 1234:4321", "711 1234:4321"]);

    const scripts = join(at.work.root, "scripts");
    expectExit(await at.work.stackhold(["restore", at.stack.name, "--script", scripts]), 0);
    await at.stack.down();
    rmSync(outer, { recursive: true });
    await run(["sh", join(scripts, "restore.sh")], { env: bedEngine().env });
    expect([factsOf(outer), factsOf(inner)]).toEqual(before);
  });
});
