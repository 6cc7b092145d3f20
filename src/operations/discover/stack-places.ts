import pLimit from "p-limit";
import { resolvePath } from "../../domain/discovery/host-path.ts";
import { isStackDirectory } from "../../domain/discovery/stack-choice.ts";
import { asStackholdError } from "../../errors.ts";
import type { Listing, StackFiles } from "../../ports/stack-files.ts";

/** A directory that holds a compose file. */
export interface Place {
  readonly directory: string;
  readonly realPath: string;
  readonly files: readonly string[];
}

const atOnce = 16;

/** Children of `stacksDir` and the extra directories, by path, each real directory once. */
export async function stackPlaces(
  input: { readonly stacksDir: string; readonly extraStacks: readonly string[] },
  stackFiles: StackFiles,
  warn: (message: string) => void,
): Promise<Place[]> {
  const list = (directory: string) => listOrWarn(directory, stackFiles, warn);
  const children = (await list(input.stacksDir))?.directories.filter((name) => !isHidden(name));
  const inside = (children ?? []).map((name) => resolvePath(input.stacksDir, name));
  const limit = pLimit(atOnce);
  const found = await limit.map(inside, async (directory) =>
    toPlace(directory, await list(directory)),
  );
  const extra = await limit.map(input.extraStacks, async (path) => {
    const directory = resolvePath("/", path);
    const place = toPlace(directory, await list(directory));
    if (place === undefined) warn(`${path} of extra_stacks holds no compose file`);
    return place;
  });
  const places = [...found, ...extra].filter((place) => place !== undefined);
  return [...new Map(places.map((place) => [place.realPath, place])).values()];
}

/** Safety copies and the like. */
function isHidden(name: string): boolean {
  return name.startsWith(".");
}

function toPlace(directory: string, listing: Listing | undefined): Place | undefined {
  if (listing === undefined || !isStackDirectory(listing.files)) return undefined;
  return { directory, realPath: listing.realPath, files: listing.files };
}

async function listOrWarn(
  directory: string,
  stackFiles: StackFiles,
  warn: (message: string) => void,
): Promise<Listing | undefined> {
  try {
    return await stackFiles.list(directory);
  } catch (thrown) {
    warn(asStackholdError(thrown).message);
    return undefined;
  }
}
