import { StackholdError } from "../../errors.ts";
import { space } from "./probe.ts";

/** NO_SPACE unless so many bytes fit at a place. */
export async function requireRoom(
  what: string,
  place: string,
  bytes: number,
  hint: string,
): Promise<void> {
  const { freeBytes } = await space(place);
  if (freeBytes >= bytes) return;
  const missing = Math.ceil((bytes - freeBytes) / 2 ** 20);
  throw new StackholdError(
    "NO_SPACE",
    `${what} does not fit into ${place}: ${missing} MiB more are needed`,
    { hint },
  );
}
