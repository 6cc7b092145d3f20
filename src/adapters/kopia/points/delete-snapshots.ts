import type { PointDeps } from "./point-deps.ts";

/** Arguments of one call. */
const atOnce = 200;

/** What only they held is freed by the repository's maintenance. */
export async function deleteSnapshots(
  { client, catalogue }: Pick<PointDeps, "client" | "catalogue">,
  ids: readonly string[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce);
    await client.run(["snapshot", "delete", "--delete", ...some]);
    catalogue.noteDeleted(some);
  }
}
