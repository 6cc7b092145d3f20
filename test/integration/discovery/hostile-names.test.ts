import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { image } from "../../support/services.ts";
import { createWorkspace } from "../../support/workspace.ts";

/** Whatever of a name would act on a terminal or begin a line; the line ends of the text itself stay. */
const acting = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describeWithEngine("a unit whose name acts on terminals", () => {
  it("is shown with its characters written out, in logs too, and exact in JSON", async () => {
    const engine = bedEngine();
    const name = `evil${process.pid}\u001b[31m\n\u202eforged${process.pid}: line`;
    const shown = `evil${process.pid}\\x1b[31m\\n\\u{202e}forged${process.pid}: line`;
    const container = `hostile${process.pid}`;
    const docker = (...args: string[]) => run(["docker", ...args], { env: engine.env });
    const label = `com.docker.compose.project=${name}`;
    await docker(
      "run",
      "-d",
      "--init",
      "--name",
      container,
      "--label",
      label,
      "-v",
      "/data",
      image,
      "sleep",
      "infinity",
    );
    try {
      await using work = await createWorkspace(engine);
      const done = await work.stackhold(["backup", name, "--verbose"]);
      expectExit(done, 3); // nothing says of which compose files it was made
      const lists = ["units", "runs", "points"].map((what) => work.stackhold(["list", what]));
      const [units, runs, points] = await Promise.all(lists);
      const unknown = await work.stackhold(["verify", `${name}x`]);
      const logs = readdirSync(work.logDir);
      const said = logs.map((file) => readFileSync(join(work.logDir, file), "utf8"));
      const texts = [done, units, runs, points, unknown].flatMap((one) => [
        one?.stdout,
        one?.stderr,
      ]);
      for (const text of [...texts, ...said]) {
        expect(text).not.toMatch(acting);
        expect(text).not.toMatch(/^.{0,3}forged/m);
      }
      const backupLog = said[logs.findIndex((file) => file.startsWith("backup_"))];
      // Points of one unit do not name it.
      const naming = [done, units, runs].map((one) => one?.stdout);
      for (const text of [...naming, backupLog]) {
        expect(text).toContain(shown);
      }
      const listed = await work.stackhold(["list", "units", "--json"]);
      expect(listed.json().map(({ unit }: { unit: string }) => unit)).toContain(name);
      const events = await work.stackhold(["backup", name, "--events"]);
      expect(events.events().find(({ type }) => type === "unit.stopped")).toMatchObject({
        unit: name,
      });
    } finally {
      await docker("rm", "-fv", container);
    }
  });
});
