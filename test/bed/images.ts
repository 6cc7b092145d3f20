import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineAccess } from "./access.ts";
import { aptProxy, baseImage, baseKey, buildBase } from "./base-image.ts";
import { giveDigest } from "./digest.ts";
import { type ImageName, imageKey, recipeDir } from "./image-key.ts";
import { needed } from "./missing.ts";
import { cacheDir, findProgram } from "./paths.ts";
import { note } from "./print.ts";
import { run } from "./run.ts";

export { allImages, type ImageName } from "./image-key.ts";

const keyLabel = "testbed.stackhold.key";

/** Makes the engine have the images as they are described now: present, else from the cache, else built. */
export async function ensureImages(
  engine: EngineAccess,
  names: readonly ImageName[],
): Promise<void> {
  const missing: ImageName[] = [];
  for (const name of names) {
    if ((await keyInEngine(engine, name)) !== imageKey(name)) missing.push(name);
  }
  const cached = missing.filter((name) => existsSync(tarOf(name)));
  await Promise.all(cached.map((name) => load(engine, tarOf(name))));
  const unknown = missing.filter((name) => !cached.includes(name));
  await needed(
    "images",
    "The test images could not be built: check the network and /etc/apt.",
    async () => {
      if (unknown.some((name) => name !== "stackhold-test/busybox")) await ensureBase(engine);
      await Promise.all(unknown.map((name) => buildAndSave(engine, name)));
    },
  );
  await Promise.all(names.map((name) => giveDigest(engine, name)));
}

const tarFor = (name: string, key: string): string =>
  join(cacheDir(), "images", `${name.replace("stackhold-test/", "")}-${key}.tar`);

const tarOf = (name: ImageName): string => tarFor(name, imageKey(name));

async function ensureBase(engine: EngineAccess): Promise<void> {
  const tag = `${baseImage}:${baseKey()}`;
  const found = await run(["docker", "image", "inspect", tag], {
    env: engine.env,
    allowFailure: true,
  });
  if (found.code !== 0) {
    const tar = tarFor(baseImage, baseKey());
    if (!existsSync(tar)) {
      note("building a Debian base for the test images (once)");
      await mkdir(join(cacheDir(), "images"), { recursive: true });
      await buildBase(tar);
    }
    await run(["docker", "import", tar, tag], { env: engine.env });
  }
  await run(["docker", "tag", tag, `${baseImage}:latest`], { env: engine.env });
}

async function buildAndSave(engine: EngineAccess, name: ImageName): Promise<void> {
  note(`building ${name} (once)`);
  await mkdir(join(cacheDir(), "images"), { recursive: true });
  const work = await mkdtemp(join(cacheDir(), "build-"));
  try {
    await cp(recipeDir(name), work, { recursive: true });
    const busybox = findProgram("busybox");
    if (name === "stackhold-test/busybox" && busybox) await cp(busybox, join(work, "busybox"));
    await build(engine, name, work);
    const saved = join(work, "image.tar");
    await run(["docker", "save", "-o", saved, name], { env: engine.env });
    await rename(saved, tarOf(name));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Builds on the host's network: a bridge network of ours has no way out. */
async function build({ env }: EngineAccess, name: ImageName, context: string): Promise<void> {
  const proxies = Object.entries(await aptProxy()).map((entry) => `--build-arg=${entry.join("=")}`);
  const buildx = await run(["docker", "buildx", "version"], { env, allowFailure: true });
  const label = `--label=${keyLabel}=${imageKey(name)}`;
  await run(["docker", "build", "--network=host", label, ...proxies, "-t", name, context], {
    env: { ...env, DOCKER_BUILDKIT: buildx.code === 0 ? "1" : "0" },
  });
}

async function load(engine: EngineAccess, tar: string): Promise<void> {
  await run(["docker", "load", "-q", "-i", tar], { env: engine.env });
}

async function keyInEngine(engine: EngineAccess, name: ImageName): Promise<string> {
  const format = `{{index .Config.Labels "${keyLabel}"}}`;
  const question = ["docker", "image", "inspect", "--format", format, name];
  return (await run(question, { env: engine.env, allowFailure: true })).stdout.trim();
}
