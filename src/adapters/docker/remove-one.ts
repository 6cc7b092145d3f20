import { isErrorCode } from "../../errors.ts";
import type { Client } from "./client.ts";

/** Removes what has a path of its own; what is gone already is no error. */
export async function removeOne(path: string, what: string, client: Client): Promise<void> {
  try {
    await client.ask({ method: "DELETE", path, what, missing: "CONTAINER_MISSING", long: true });
  } catch (thrown) {
    if (!isErrorCode(thrown, "CONTAINER_MISSING")) throw thrown;
  }
}
