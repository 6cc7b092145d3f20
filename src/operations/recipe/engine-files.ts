import type { Findings, GatheredFile } from "../../domain/recipe/gathered.ts";
import { redactEnvironment, redactJson } from "../../domain/recipe/redact-file.ts";
import type { Exclusion, Unprotected } from "../../domain/sources/candidates.ts";
import { isErrorCode, messageOf } from "../../errors.ts";
import type { StackFiles } from "../../ports/stack-files.ts";

const daemonFile = "/etc/docker/daemon.json";
const dropIns = "/etc/systemd/system/docker.service.d";

/** The engine's configuration as it lies on the host; what is not there is no gap. */
export async function engineFiles(
  secrets: "keep" | "redact",
  stackFiles: StackFiles,
): Promise<Findings> {
  const files: GatheredFile[] = [];
  const gaps: Unprotected[] = [];
  const excluded: Exclusion[] = [];
  const attempt = async (path: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!isErrorCode(error, "SOURCE_UNREADABLE")) throw error;
      gaps.push({ what: `file:${path}`, why: messageOf(error) });
    }
  };
  const take = (path: string, place: string, redacted: (text: string) => string | undefined) =>
    attempt(path, async () => {
      const bytes = await stackFiles.readBytes(path);
      if (bytes === undefined) return;
      const content = secrets === "keep" ? bytes : redacted(Buffer.from(bytes).toString("utf8"));
      if (content === undefined) excluded.push({ what: `file:${path}`, rule: "secrets: redact" });
      else files.push({ path: place, content });
    });
  await take(daemonFile, "daemon.json", redactJson);
  await attempt(dropIns, async () => {
    const listing = await stackFiles.list(dropIns);
    for (const name of listing?.files ?? []) {
      await take(`${dropIns}/${name}`, `docker.service.d/${name}`, redactEnvironment);
    }
  });
  return { files, gaps, excluded };
}
