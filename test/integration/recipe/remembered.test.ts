import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWithEngine } from "../../bed/bed.ts";
import { composeFile, service } from "../../support/services.ts";
import { stackAtWork } from "../../support/stack-at-work.ts";

const compose = (hostname: string) =>
  composeFile({ app: service({ hostname, environment: ["WORD"], env_file: [".env"] }) });

describeWithEngine("a dry run after another", () => {
  it("sees whatever changed since, and asks Compose for nothing else", async () => {
    await using at = await stackAtWork(compose("first"), { files: { ".env": "WORD=one\n" } });
    const { dir, name } = at.stack;
    const put = (file: string, text: string) => writeFile(join(dir, file), text);
    const differing = async (): Promise<string[]> => {
      const done = await at.workspace.stackhold(["dry-run", name, "--json"]);
      const { gaps } = done.json().units[0].coverage;
      return gaps.map(({ what }: { what: string }) => what);
    };
    const kept = async () => {
      const directory = join(at.workspace.stateDir, "compose");
      const names = (await readdir(directory)).sort();
      return Promise.all(names.map(async (file) => (await stat(join(directory, file))).ino));
    };
    expect(await differing()).toEqual([]);
    const first = await kept();
    expect(first).toHaveLength(2);
    expect(await differing()).toEqual([]);
    expect(await kept()).toEqual(first);

    await put(".env", "WORD=two\n");
    expect(await differing()).toEqual(["service:app"]);
    expect(await differing()).toEqual(["service:app"]);
    await put(".env", "WORD=one\n");
    expect(await differing()).toEqual([]);
    await put("compose.yaml", compose("other"));
    expect(await differing()).toEqual(["service:app"]);
    await at.stack.up();
    expect(await differing()).toEqual([]);
    await put("compose.override.yaml", "services: {app: {hostname: third}}\n");
    await at.stack.up();
    expect(await differing()).toEqual([]);
    await put("compose.override.yaml", "services: {app: {hostname: fourth}}\n");
    expect(await differing()).toEqual(["service:app"]);
  });
});
