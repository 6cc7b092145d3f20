import type { Recorded } from "./record.ts";

/** What a point of scope minimal answers for: not project files, nor subnets that the engine chose. */
export function dataAlone(recorded: Recorded, root: string): Recorded {
  const copy: Recorded = structuredClone(recorded);
  for (const { NetworkSettings } of Object.values(copy.containers)) {
    for (const endpoint of Object.values<{ Gateway?: string }>(NetworkSettings.Networks)) {
      delete endpoint.Gateway;
    }
  }
  for (const network of Object.values(copy.networks)) delete network.IPAM;
  const binds = bindsBelow(recorded, root).map((path) => `.${path.slice(root.length)}`);
  const files = Object.entries(recorded.files).filter(([name]) =>
    binds.some((bind) => name === bind || name.startsWith(`${bind}/`)),
  );
  return { ...copy, files: Object.fromEntries(files) };
}

/** Sources of bind mounts in the directory of all stacks. */
export function bindsBelow({ containers }: Recorded, root: string): string[] {
  const mounts = Object.values(containers).flatMap(({ Mounts }) => Mounts);
  return mounts.flatMap(({ Type, Source }): string[] =>
    Type === "bind" && Source.startsWith(`${root}/`) ? [Source] : [],
  );
}
