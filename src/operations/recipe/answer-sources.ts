import type { AnswerSources } from "../../ports/composer.ts";
import type { Followed, FollowedFile } from "./follow-files.ts";

/** Of the variables that an `.env` may set for Compose itself, the one that names files to read. */
function namesOthers({ role, bytes }: FollowedFile): boolean {
  return role === "environment" && Buffer.from(bytes).includes("COMPOSE_ENV_FILES");
}

/**
 * What Compose reads to answer for a stack; undefined where it may read more than that. `again`
 * follows the stack's files anew.
 */
export function answerSources(
  { files, absent, gaps, remote, isCertain }: Followed,
  again: () => Promise<Followed>,
): AnswerSources | undefined {
  if (!isCertain || gaps.size > 0 || remote.length > 0) return undefined;
  if ([...files.values()].some(namesOthers)) return undefined;
  return {
    files: new Map([
      ...[...files].map(([path, { bytes }]) => [path, bytes] as const),
      ...[...absent].map((path) => [path, undefined] as const),
    ]),
    again: async () => answerSources(await again(), again),
  };
}
