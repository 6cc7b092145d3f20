import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { installKopia } from "../../bed/kopia.ts";
import { timed } from "../command.ts";
import { removeTree } from "../fairness.ts";
import type { Subject } from "../subject.ts";

/** Kopia as somebody uses it by hand, with a repository and a cache of its own. */
export interface RawKopia {
  /** The PATH that has it. */
  readonly path: string;
  /** An empty repository in place of the one there is. */
  begin(): Promise<void>;
  /** `kopia snapshot create` of the data; milliseconds. */
  snapshot(): Promise<number>;
}

const compression = "zstd-fastest";

export async function openRawKopia({ scratch, source, env }: Subject): Promise<RawKopia> {
  const program = await installKopia();
  const place = join(scratch, "raw-kopia");
  const own = {
    ...env,
    HOME: place,
    KOPIA_CONFIG_PATH: join(place, "repository.config"),
    KOPIA_PASSWORD: "of a repository that is removed at once",
    KOPIA_CHECK_FOR_UPDATES: "false",
  };
  const kopia = (...args: string[]) => timed([program, ...args], { env: own });
  return {
    path: `${dirname(program)}:${env.PATH}`,
    begin: async () => {
      await removeTree(place);
      await mkdir(place, { recursive: true });
      const where = [
        "--path",
        join(place, "repository"),
        "--cache-directory",
        join(place, "cache"),
      ];
      await kopia("repository", "create", "filesystem", ...where);
      await kopia("policy", "set", "--global", `--compression=${compression}`);
    },
    snapshot: async () =>
      (await kopia("snapshot", "create", source, "--no-progress", "--no-auto-maintenance")).ms,
  };
}
