import pLimit from "p-limit";
import type { Member } from "../domain/unit.ts";
import { isErrorCode } from "../errors.ts";
import type { Engine } from "../ports/engine.ts";

/** Few enough that the engine keeps answering others. */
const atOnce = 16;

/** Inspects in the given order; a container that has gone meanwhile is left out. */
export async function inspectAll(ids: readonly string[], engine: Engine): Promise<Member[]> {
  const limit = pLimit(atOnce);
  const inspect = async (id: string) => {
    try {
      return await engine.inspect(id);
    } catch (error) {
      if (isErrorCode(error, "CONTAINER_MISSING")) return undefined;
      throw error;
    }
  };
  const members = await Promise.all(ids.map((id) => limit(() => inspect(id))));
  return members.filter((member) => member !== undefined);
}
