import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installKopiDocka } from "../../bed/kopi-docka.ts";
import { timed } from "../command.ts";
import { removeTree } from "../fairness.ts";
import type { Subject } from "../subject.ts";

export interface KopiDockaSession extends AsyncDisposable {
  readonly version: string;
  readonly backup: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Of Kopia, in a directory. */
  readonly repository: { readonly path: string; readonly password: string };
  /** An empty repository in place of the one there is. */
  begin(): Promise<void>;
}

/** Where it works whatever its configuration says. */
const fixedPlaces = ["/var/cache/kopi-docka", "/run/kopi-docka.lock"];

/** kopi-docka with a repository of its own in a directory; nothing of the machine's own is touched. */
export async function openKopiDocka({
  scratch,
  stack,
  env,
}: Pick<Subject, "scratch" | "env"> & {
  readonly stack: Pick<Subject["stack"], "name">;
}): Promise<KopiDockaSession> {
  const { program, version, kopiaDirectory } = await installKopiDocka();
  const place = join(scratch, "kopi-docka");
  const configFile = join(place, "config.json");
  const own = {
    ...env,
    HOME: join(place, "home"),
    PATH: `${kopiaDirectory}:${env.PATH}`,
  };
  const repository = {
    path: join(place, "repository"),
    password: "of a repository that is removed at once",
  };
  const config = {
    version,
    kopia: {
      kopia_params: `filesystem --path ${repository.path}`,
      profile: "bench",
      password: repository.password,
      cache_directory: join(place, "cache"),
    },
    backup: { base_path: join(place, "base"), recovery_bundle_path: join(place, "bundles") },
    logging: { file: null },
  };
  const command = [program, "--config", configFile];
  const foreign = fixedPlaces.filter((path) => existsSync(path));
  return {
    version,
    env: own,
    repository,
    backup: [...command, "backup", "--unit", stack.name],
    begin: async () => {
      await removeTree(place);
      await mkdir(own.HOME, { recursive: true });
      await writeFile(configFile, JSON.stringify(config), { mode: 0o600 });
      await timed([...command, "advanced", "repo", "init"], { env: own });
    },
    [Symbol.asyncDispose]: async () => {
      await removeTree(place);
      for (const path of fixedPlaces.filter((each) => !foreign.includes(each))) {
        await rm(path, { recursive: true, force: true });
      }
    },
  };
}
