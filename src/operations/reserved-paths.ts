import type { ReservedPath } from "../domain/refused-paths.ts";
import type { Deps } from "./context.ts";

/**
 * Places of Stackhold's own and of the engine, which no capture stores and no restore moves: each by
 * its configured path and by the one that it stands for.
 */
export async function reservedPaths(
  dataRoot: string,
  deps: Pick<Deps, "capture" | "repositories" | "settings">,
): Promise<ReservedPath[]> {
  const places = [
    { path: dataRoot, what: "the engine's data root" },
    ...deps.settings.ownPaths,
    ...deps.repositories.flatMap((repository) =>
      repository.localPaths.map((path) => ({ path, what: `the repository "${repository.name}"` })),
    ),
  ];
  const found = await Promise.all(
    places.map(async ({ path, what }) => {
      const { realPath } = await deps.capture.probe(path);
      return [...new Set([path, realPath])].map((each) => ({ path: each, what }));
    }),
  );
  return found.flat();
}
