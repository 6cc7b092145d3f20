import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineAccess } from "../bed/access.ts";
import type { Stack } from "../bed/compose.ts";
import { run } from "../bed/run.ts";
import { timed } from "../bench/command.ts";
import { openKopiDocka } from "../bench/downtime/kopi-docka-session.ts";
import { makeKopiDockaRepository } from "./kopi-docka-repository.ts";

/** A repository with one point of a stack that Stackhold did not write. */
export interface FormerPoints extends AsyncDisposable {
  readonly repository: { readonly path: string; readonly password: string };
}

/** Written by the real program of today. */
export async function writtenByKopiDocka(
  stack: Stack,
  { env, dockerHost }: EngineAccess,
): Promise<FormerPoints> {
  const scratch = mkdtempSync(join(tmpdir(), "stackhold-former-"));
  const session = await openKopiDocka({ scratch, stack, env: { ...env, DOCKER_HOST: dockerHost } });
  await session.begin();
  await timed(session.backup, { env: session.env });
  return {
    repository: session.repository,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** As Kopia, and so Kopi-Docka, calls this host. */
const ownHost = hostname().toLowerCase().split(".")[0] ?? "";

const secretWords = /PASS|SECRET|KEY|TOKEN|CREDENTIAL|API|AUTH/i;

interface Inspection {
  readonly Name: string;
  readonly Config: { Env?: string[] };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name: string;
    readonly Source: string;
  }[];
}

function redacted(inspection: Inspection): Inspection {
  const Env = inspection.Config.Env?.map((line) => {
    const [name = ""] = line.split("=");
    return secretWords.test(name) ? `${name}=***REDACTED***` : line;
  });
  return { ...inspection, Config: { ...inspection.Config, ...(Env ? { Env } : {}) } };
}

/**
 * As versions 3.5 to 4.x write: containers stopped, then the recipe with what is known of them, then
 * each volume as a tar stream; times of the host's zone without saying so, no scope and no format.
 */
export async function writtenByFormerVersion(
  stack: Stack,
  { env }: EngineAccess,
): Promise<FormerPoints> {
  const repository = await makeKopiDockaRepository();
  const docker = async (...args: string[]) => (await run(["docker", ...args], { env })).stdout;
  const ids = await stack.containerIds();
  await docker("stop", "-t", "1", ...ids);
  const tags = (type: string) => ({
    ...{ type, unit: stack.name, backup_id: backupId },
    timestamp: new Date().toISOString().replace("Z", "000"),
  });
  const backupId = randomUUID();
  const inspected: Inspection[] = JSON.parse(await docker("inspect", ...ids));
  const recipe = {
    "compose.yaml": readFileSync(join(stack.dir, "compose.yaml"), "utf8"),
    "compose_order.json": '["compose.yaml"]',
    "project-files/.env": readFileSync(join(stack.dir, ".env"), "utf8"),
    ...Object.fromEntries(
      inspected.map((one) => [
        `${one.Name.slice(1)}_inspect.json`,
        JSON.stringify([redacted(one)], null, 2),
      ]),
    ),
  };
  await repository.describe(recipe, tags("recipe"), ownHost);
  const networks = JSON.parse(await docker("network", "inspect", `${stack.name}_default`));
  const described = { "networks.json": JSON.stringify(networks), "networks_metadata.json": "{}" };
  await repository.describe(described, { ...tags("networks"), network_count: "1" }, ownHost);
  const volumes = inspected.flatMap((one) => one.Mounts).filter(({ Type }) => Type === "volume");
  for (const { Name, Source } of volumes) {
    const more = { volume: Name, size_bytes: "0" };
    await repository.stream(Source, stack.name, Name, { ...tags("volume"), ...more }, ownHost);
  }
  await docker("start", ...ids);
  return { repository, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() };
}
