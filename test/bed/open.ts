import type { EngineAccess } from "./access.ts";
import { findEngine, startEngine } from "./engine.ts";
import { ensureImages, type ImageName } from "./images.ts";
import { installBed } from "./install.ts";

/** An engine with images; disposing stops it only if it is our own. */
export type OpenEngine = EngineAccess & AsyncDisposable & { readonly ownEngine: boolean };

/** Uses the engine that the machine has, else starts one of ours under the name. Installs what is missing. */
export async function openEngine(name: string, images: readonly ImageName[]): Promise<OpenEngine> {
  const found = await findEngine();
  await installBed(found === undefined);
  const engine = found ? borrowed(found) : await started(name);
  try {
    await ensureImages(engine, images);
    return engine;
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

function borrowed(access: EngineAccess): OpenEngine {
  return { ...access, ownEngine: false, [Symbol.asyncDispose]: async () => {} };
}

async function started(name: string): Promise<OpenEngine> {
  const { dockerHost, env, stop } = await startEngine({ name });
  return { dockerHost, env, ownEngine: true, [Symbol.asyncDispose]: stop };
}
