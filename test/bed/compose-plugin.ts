import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { debianArchive, needDebian } from "./debian.ts";
import { MissingComponent, needed } from "./missing.ts";
import { cacheDir, dockerConfigDir } from "./paths.ts";
import { run } from "./run.ts";

/** Suites whose `docker-compose` is Compose v2 and runs on older releases too: it is one Go binary. */
const suites = ["trixie", "sid"];
const oldest = [2, 26] as const;
const packaged = "usr/libexec/docker/cli-plugins/docker-compose";

/** Makes `docker compose` work under our DOCKER_CONFIG. A good enough plugin of the machine's own is kept. */
export async function installCompose(): Promise<void> {
  const plugins = join(dockerConfigDir(), "cli-plugins");
  await mkdir(plugins, { recursive: true });
  if (await works()) return;
  needDebian("compose", `Docker Compose ${oldest.join(".")} or newer`);
  const binary = join(cacheDir(), "docker-compose");
  if (!existsSync(binary)) await download(binary);
  await rm(join(plugins, "docker-compose"), { force: true });
  await symlink(binary, join(plugins, "docker-compose"));
  if (await works()) return;
  throw new MissingComponent("compose", "The downloaded Docker Compose does not run here.");
}

async function works(): Promise<boolean> {
  const env = { ...process.env, DOCKER_CONFIG: dockerConfigDir() };
  const { code, stdout } = await run(["docker", "compose", "version", "--short"], {
    env,
    allowFailure: true,
  });
  const [major = 0, minor = 0] = stdout.replace(/^v/, "").split(".").map(Number);
  return code === 0 && (major > oldest[0] || (major === oldest[0] && minor >= oldest[1]));
}

async function download(binary: string): Promise<void> {
  const failed = `Docker Compose could not be downloaded from Debian (${suites.join(", ")}): check the network and /etc/apt.`;
  for (const [index, suite] of suites.entries()) {
    const work = await mkdtemp(join(cacheDir(), "apt-"));
    try {
      await needed("compose", failed, () => fetchFrom(suite, work));
      return await rename(join(work, "root", packaged), binary);
    } catch (error) {
      if (index === suites.length - 1) throw error;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}

/** Downloads with an apt configuration of our own, so that the machine's sources and lists stay as they are. */
async function fetchFrom(suite: string, work: string): Promise<void> {
  const { uri, signedBy } = debianArchive("compose");
  const stanza = ["Types: deb", `URIs: ${uri}`, `Suites: ${suite}`, "Components: main"];
  if (signedBy) stanza.push(`Signed-By: ${signedBy}`);
  for (const part of ["sources", "lists/partial", "cache/archives/partial", "root"]) {
    await mkdir(join(work, part), { recursive: true });
  }
  await writeFile(join(work, "sources", "suite.sources"), `${stanza.join("\n")}\n`);
  const own = {
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": join(work, "sources"),
    "Dir::Etc::Preferences": "/dev/null",
    "Dir::Etc::PreferencesParts": "/dev/null",
    "Dir::State::Lists": join(work, "lists"),
    "Dir::Cache": join(work, "cache"),
    "APT::Sandbox::User": "root",
    "APT::Update::Error-Mode": "any",
    "APT::Update::Post-Invoke": "",
    "APT::Update::Post-Invoke-Success": "",
  };
  const options = Object.entries(own).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  await run(["apt-get", ...options, "update"], { cwd: work });
  await run(["apt-get", ...options, "download", "docker-compose"], { cwd: work });
  const deb = (await readdir(work)).find((name) => name.endsWith(".deb"));
  await run(["dpkg", "-x", join(work, deb ?? "docker-compose.deb"), join(work, "root")]);
}
