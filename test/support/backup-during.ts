import { heldCompressor } from "./held-compressor.ts";
import type { Workspace } from "./workspace.ts";

/** What a backup comes to when something is done while a unit's data is stored at rest. */
export async function backupDuring(
  workspace: Workspace,
  unit: string,
  act: () => Promise<unknown>,
  ...more: string[]
) {
  await using compressor = await heldCompressor(workspace);
  const backup = ["backup", unit, "--freeze", "none", "--events", ...more];
  const work = workspace.start(backup, compressor);
  await work.seen(/"step.started"[^\n]*"step":"cold"/);
  await act();
  await compressor.release();
  const finished = await work.finished;
  return { finished, unit: finished.events().at(-1).result.units[0] };
}
