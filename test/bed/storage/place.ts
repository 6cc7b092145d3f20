import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Place extends AsyncDisposable {
  readonly path: string;
}

/** A directory for a server, gone with it. */
export async function makePlace(name: string): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), `stackhold-${name}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
