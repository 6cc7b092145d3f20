import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../bed/run.ts";
import type { Fixture } from "./fixture.ts";
import { awaitHealthy, type Site } from "./site.ts";

const library = join(import.meta.dirname, "../fixtures/stacks");

/** Copies the folders, makes what is made by hand, starts everything and gives it its data. */
export async function setUp(site: Site, fixture: Fixture): Promise<void> {
  for (const folder of Object.keys(fixture.stacks)) await copyFolder(site, folder);
  const script = fixture.prepare;
  if (script !== undefined) await run(["sh", "-euc", script], { cwd: site.root });
  await makeByHand(site, fixture);
  if (fixture.begin) await fixture.begin(site);
  else for (const folder of Object.keys(fixture.stacks)) await site.compose(folder, "up", "-d");
  await awaitHealthy(site);
  await fixture.fill(site);
}

/** What Compose expects to be there already. */
export async function makeByHand(site: Site, { networks, volumes }: Fixture): Promise<void> {
  for (const [what, all] of Object.entries({ network: networks, volume: volumes })) {
    for (const [name, options] of Object.entries(all ?? {})) {
      await site.docker(what, "create", ...options.map(site.words), name);
    }
  }
}

async function copyFolder({ root, words }: Site, folder: string): Promise<void> {
  const to = join(root, folder);
  await cp(join(library, folder), to, { recursive: true });
  for (const entry of await readdir(to, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await writeFile(path, words(await readFile(path, "utf8")));
  }
}
