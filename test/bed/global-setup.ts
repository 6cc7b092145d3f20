import type { TestProject } from "vitest/node";
import { type Engine, startEngine } from "./engine.ts";
import { EngineBusy } from "./engine-lock.ts";
import { allImages, ensureImages } from "./images.ts";
import { installBed } from "./install.ts";
import { installKopia } from "./kopia.ts";
import { orSkip } from "./required.ts";
import { installRclone } from "./storage/rclone.ts";
import { installVersitygw } from "./storage/s3.ts";
import { installSshd } from "./storage/sftp.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Empty when there is no engine; `test/bed/bed.ts` turns these into what tests use. */
    dockerHost: string;
    dockerConfig: string;
    engineName: string;
  }
}

/** One engine with all images for the whole run; ends with it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Here, or each worker would do it.
  const programs = Promise.all([
    orSkip(["kopia"], installKopia),
    orSkip(["versitygw"], installVersitygw),
  ]);
  programs.catch(() => undefined);
  const engine = await orSkip(["docker", "compose"], prepare);
  // One after the other: apt-get lets nobody in beside it.
  await orSkip(["rclone"], installRclone);
  await orSkip(["sftp"], installSshd);
  await programs;
  project.provide("dockerHost", engine?.dockerHost ?? "");
  project.provide("dockerConfig", engine?.env.DOCKER_CONFIG ?? "");
  project.provide("engineName", engine?.name ?? "");
  return async () => engine?.stop();
}

async function prepare(): Promise<Engine> {
  // docker, Compose, runc and what dockerd starts of itself live shorter than collecting garbage pays for.
  process.env.GOGC ??= "400";
  await installBed();
  const engine = await startFree();
  try {
    await ensureImages(engine, allImages);
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** Runs beside each other take one name each, so that a name's data root with its images is used again. */
async function startFree(slot = 1): Promise<Engine> {
  try {
    return await startEngine({ name: `test-${slot}` });
  } catch (error) {
    if (!(error instanceof EngineBusy)) throw error;
    return startFree(slot + 1);
  }
}
