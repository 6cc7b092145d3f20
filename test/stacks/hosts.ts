import type { EngineAccess } from "../bed/access.ts";
import { type Engine, startEngine } from "../bed/engine.ts";
import { EngineBusy } from "../bed/engine-lock.ts";
import { ensureImages, type ImageName } from "../bed/images.ts";

/** Two engines of our own, one for each of two hosts; nothing else is in them, and they may be emptied. */
export interface Hosts extends AsyncDisposable {
  readonly here: EngineAccess;
  readonly there: EngineAccess;
}

/** Images that they have from an earlier run are used again. */
export async function openHosts(images: readonly ImageName[]): Promise<Hosts> {
  await using undo = new AsyncDisposableStack();
  const here = undo.use(await startFree("stacks-here"));
  const there = undo.use(await startFree("stacks-there"));
  for (const engine of [here, there]) await ensureImages(engine, images);
  const disposal = undo.move();
  return { here, there, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

/** Runs beside each other take one name each. */
async function startFree(name: string, slot = 1): Promise<Engine> {
  try {
    return await startEngine({ name: `${name}-${slot}` });
  } catch (error) {
    if (!(error instanceof EngineBusy)) throw error;
    return startFree(name, slot + 1);
  }
}
