import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { debianArchive, needDebian } from "./debian.ts";
import { run } from "./run.ts";

export const baseImage = "stackhold-test/base";
const release = "bookworm";

/** What the base is made of, apart from the archive's present state: change it and everything is built anew. */
const recipe = {
  release,
  variant: "minbase",
  dropped: ["doc", "locale", "man", "info"],
  revision: 1,
};

export const baseKey = (): string =>
  createHash("sha256")
    .update(JSON.stringify([recipe, process.arch]))
    .digest("hex")
    .slice(0, 16);

/** A Debian root as a tar file in the cache, about 120 MB, ready for `docker import`. Takes 20 s once. */
export async function buildBase(tar: string): Promise<void> {
  needDebian("images", "a Debian root file system made by debootstrap");
  const { uri } = debianArchive("images");
  const partial = `${tar}.${process.pid}`;
  const work = await mkdtemp("/var/tmp/stackhold-base-"); // debootstrap fails below a path with blanks
  try {
    const root = join(work, "root");
    await run(debootstrap(root, uri), { env: { ...process.env, ...(await aptProxy()) } });
    await prepare(root, uri.startsWith("https:"));
    const dropped = recipe.dropped.map((name) => `--exclude=./usr/share/${name}/*`);
    const clean = ["--exclude=./var/cache/apt/archives/*.deb", "--exclude=./var/lib/apt/lists/*"];
    const tarCommand = ["tar", "-C", root, ...dropped, ...clean, "--numeric-owner", "-cf"];
    await run([...tarCommand, partial, "."]);
    await rename(partial, tar);
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(partial, { force: true });
  }
}

/** The machine's proxy for packages as the variables that debootstrap and apt in a build understand. */
export async function aptProxy(): Promise<Record<string, string>> {
  const { stdout } = await run(["apt-config", "dump", "Acquire::http::Proxy"], {
    allowFailure: true,
  });
  const proxy = /^Acquire::http::Proxy "(https?:[^"]+)"/m.exec(stdout)?.[1];
  const named = proxy ? { http_proxy: proxy } : {};
  const set = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name));
  return { ...named, ...(Object.fromEntries(set) as Record<string, string>) };
}

function debootstrap(root: string, uri: string): string[] {
  const extra = uri.startsWith("https:") ? ["--include=ca-certificates"] : [];
  return ["debootstrap", `--variant=${recipe.variant}`, ...extra, release, root, uri];
}

/** Settings for the builds on top; an archive behind a private authority needs the machine's certificates. */
async function prepare(root: string, https: boolean): Promise<void> {
  const settings = 'APT::Install-Recommends "false";\nAcquire::Languages "none";\n';
  await mkdir(join(root, "etc/apt/apt.conf.d"), { recursive: true });
  await writeFile(join(root, "etc/apt/apt.conf.d/90-small"), settings);
  const lean = recipe.dropped.map((name) => `path-exclude=/usr/share/${name}/*\n`).join("");
  await writeFile(join(root, "etc/dpkg/dpkg.cfg.d/90-small"), `${lean}force-unsafe-io\n`);
  const bundle = "etc/ssl/certs/ca-certificates.crt";
  if (https) await copyFile(`/${bundle}`, join(root, bundle));
}
