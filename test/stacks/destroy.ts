import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { wipe } from "../bed/wipe.ts";
import type { Fixture } from "./fixture.ts";
import type { Site } from "./site.ts";

/** All of it: `down -v` of each stack, what was made by hand, and whatever lies in the directory of all stacks. */
export async function destroy(site: Site, fixture: Fixture): Promise<void> {
  for (const folder of Object.keys(fixture.stacks).reverse()) {
    await site.compose(folder, "--profile", "*", "down", "-v", "-t", "2");
  }
  await wipe(site.engine);
  await removeFiles(site.root);
}

export async function removeFiles(root: string): Promise<void> {
  for (const name of await readdir(root)) await rm(join(root, name), { recursive: true });
}
