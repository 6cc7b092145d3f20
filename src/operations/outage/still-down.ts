import type { Quiesce } from "../../domain/manifest.ts";
import { isRunning, type Member } from "../../domain/unit.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournaledContainer } from "../../ports/journal.ts";
import { replacementOf } from "./replacement.ts";

/** How a container that was taken down stands, as the engine tells; undefined when it is gone. */
type Standing = Pick<Member, "state" | "finishedAt"> | undefined;

/** What an outage took down, and how it stood then. */
export type Stand = readonly {
  readonly container: JournaledContainer;
  readonly standing: Standing;
}[];

/** Throws when a container is not down although the engine did what it was asked for. */
export async function standOf(
  containers: readonly JournaledContainer[],
  way: Quiesce,
  engine: Engine,
): Promise<Stand> {
  const own = containers.filter((container) => !container.follower);
  return Promise.all(
    own.map(async (container) => {
      const standing = await look(container.id, engine);
      if (standing === undefined || isDown(standing, way)) return { container, standing };
      throw new StackholdError(
        "BACKUP_FAILED",
        `${container.name} runs on although it was ${pastOf[way]}`,
        {
          hint:
            way === "down"
              ? "the compose file does not have its service any more: use --quiesce stop"
              : "another tool started it: run the backup again",
        },
      );
    }),
  );
}

/** A container that ran in between has another FinishedAt, even if it is down again. */
export async function assertStillDown(stand: Stand, engine: Engine): Promise<void> {
  await Promise.all(
    stand.map(async ({ container, standing }) => {
      const { id, name } = container;
      const now = await look(id, engine);
      const same =
        standing === undefined
          ? now === undefined && (await replacementOf(container, engine)) === undefined
          : now?.state === standing.state && now.finishedAt === standing.finishedAt;
      if (same) return;
      throw new StackholdError(
        "BACKUP_FAILED",
        `${name} was started by somebody else while it was being backed up`,
        { hint: "a restart of the engine or another tool did this; run the backup again" },
      );
    }),
  );
}

const pastOf: Readonly<Record<Quiesce, string>> = {
  stop: "stopped",
  pause: "paused",
  down: "taken down",
  none: "left alone",
};

function isDown(member: Pick<Member, "state">, way: Quiesce): boolean {
  return way === "pause" ? member.state === "paused" : !isRunning(member);
}

async function look(id: string, engine: Engine): Promise<Standing> {
  try {
    return await engine.inspect(id);
  } catch (error) {
    if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
    return undefined;
  }
}
