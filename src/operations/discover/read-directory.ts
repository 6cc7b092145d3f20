import type { DirectoryStack } from "../../domain/discovery/directory-stack.ts";
import { activeServices, projectName } from "../../domain/discovery/read-stack.ts";
import { chooseFiles } from "../../domain/discovery/stack-choice.ts";
import type { StackFiles } from "../../ports/stack-files.ts";
import { readComposeFiles, readVariables } from "./compose-files.ts";
import type { Place } from "./stack-places.ts";

/** A stack that no container tells of, and the real path of its first compose file. */
export async function readDirectoryStack(
  place: Place,
  stackFiles: StackFiles,
  warn: (message: string) => void,
): Promise<{ readonly stack: DirectoryStack; readonly main: string | undefined }> {
  const variables = await readVariables([], place.directory, stackFiles, warn);
  const chosen = chooseFiles(place.directory, place.files, variables);
  const files = await readComposeFiles(chosen.composeFiles, stackFiles, warn);
  const [first] = chosen.composeFiles;
  const stack = {
    project: projectName(chosen.workingDir, files, variables),
    ...chosen,
    services: activeServices(files, variables),
  };
  return { stack, main: first === undefined ? undefined : await stackFiles.realPath(first) };
}
