import { readFileSync } from "node:fs";
import { type AptSource, machineSources } from "./apt-sources.ts";
import { MissingComponent, needed } from "./missing.ts";
import { run } from "./run.ts";

/** Throws unless packages can be installed here: root, on Debian. `what` names what they are wanted for. */
export function needDebian(component: string, what: string): void {
  const wanted = `The test bed needs ${what}`;
  if (!/^ID=debian$/m.test(release())) {
    throw new MissingComponent(component, `${wanted}, and only knows how to install it on Debian.`);
  }
  if (process.getuid?.() !== 0) {
    throw new MissingComponent(component, `${wanted}: run this as root, or install it yourself.`);
  }
}

/** The archive which holds the machine's own release, with the keyring that the machine uses for it. */
export function debianArchive(component: string): AptSource {
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release())?.[1] ?? "stable";
  const usable = machineSources().filter(({ uri }) => /^(https?|file):/.test(uri));
  const found = usable.find(({ suites }) => suites.includes(codename)) ?? usable[0];
  if (found) return found;
  throw new MissingComponent(
    component,
    "The test bed takes packages from the machine's own apt sources and found none: add Debian's archive to /etc/apt.",
  );
}

/** Installs packages. The package lists are fetched only when apt cannot do with those it has. */
export async function aptInstall(component: string, packages: readonly string[]): Promise<void> {
  needDebian(component, packages.join(", "));
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  const first = await run(install, { env, allowFailure: true });
  if (first.code === 0) return;
  await run(["apt-get", "update"], { env, allowFailure: true });
  const failed = `The test bed could not install ${packages.join(", ")}: check the network and /etc/apt.`;
  await needed(component, failed, () => run(install, { env }));
}

function release(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}
