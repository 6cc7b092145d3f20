import type { KopiaClient } from "../client.ts";

/** Arguments of one call. */
const atOnce = 200;

/** What only they held is freed by the repository's maintenance. */
export async function deleteSnapshots(
  client: Pick<KopiaClient, "run">,
  ids: readonly string[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += atOnce) {
    await client.run(["snapshot", "delete", "--delete", ...ids.slice(from, from + atOnce)]);
  }
}
