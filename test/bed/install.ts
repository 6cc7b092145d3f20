import { mkdir } from "node:fs/promises";
import { installCompose } from "./compose-plugin.ts";
import { aptInstall } from "./debian.ts";
import { exitMissing, MissingComponent } from "./missing.ts";
import { cacheDir, dockerConfigDir, findProgram } from "./paths.ts";
import { note } from "./print.ts";
import { run } from "./run.ts";

type Wanted = { program: string; from: string };

const engineTools: Wanted[] = [
  { program: "dockerd", from: "docker.io" },
  { program: "containerd", from: "containerd" },
  { program: "iptables", from: "iptables" },
  { program: "ip", from: "iproute2" },
];

const dataTools: Wanted[] = [
  { program: "debootstrap", from: "debootstrap" },
  { program: "age", from: "age" },
  { program: "getfattr", from: "attr" },
  { program: "getfacl", from: "acl" },
  { program: "zstd", from: "zstd" },
  { program: "tar", from: "tar" },
  { program: "find", from: "findutils" },
  { program: "mkfs.ext4", from: "e2fsprogs" },
  { program: "losetup", from: "mount" },
  { program: "shellcheck", from: "shellcheck" },
];

/**
 * Installs what is missing for engines, images and tests; quick and offline when nothing is.
 * Without `ownEngine` no dockerd: the machine has one that can be used.
 */
export async function installBed(ownEngine = true): Promise<void> {
  await mkdir(dockerConfigDir(), { recursive: true });
  if (ownEngine) await installMissing("docker", engineTools);
  // Newer releases keep the client in a package of its own.
  await installMissing("docker", [{ program: "docker", from: "docker-cli" }]);
  await installMissing("images", dataTools);
  if (!(await hasStaticBusybox())) await aptInstall("images", ["busybox-static"]);
  await installCompose();
}

async function installMissing(component: string, wanted: readonly Wanted[]): Promise<void> {
  const packages = wanted.filter(({ program }) => !findProgram(program)).map(({ from }) => from);
  if (packages.length === 0) return;
  note(`installing ${packages.join(", ")}`);
  await aptInstall(component, packages);
}

/** A dynamically linked one is no use in an image without a C library. */
async function hasStaticBusybox(): Promise<boolean> {
  const path = findProgram("busybox");
  if (!path) return false;
  return (await run(["ldd", path], { allowFailure: true })).code !== 0;
}

if (import.meta.main) {
  await installBed().then(
    () => note(`test bed: everything is installed, cache in ${cacheDir()}`),
    (error: unknown) => {
      if (!(error instanceof MissingComponent)) throw error;
      note(error.message);
      process.exitCode = exitMissing;
    },
  );
}
