import type { ResolvedMount } from "./resolved-project.ts";
import type { ServiceContext } from "./service-context.ts";

/** None where there is nothing to mount. */
export function copiedMount(
  name: string,
  one: ResolvedMount,
  context: ServiceContext,
): ResolvedMount[] {
  if (one.type !== "bind" || one.source === undefined) return [one];
  const { remarks } = context;
  const place = context.bindPlace(one.source);
  switch (place.kind) {
    case "kept":
      return [one];
    case "copied":
      return [{ ...one, source: place.source }];
    case "empty":
      remarks.warn(`${name}: ${place.source} was left out of the point and is empty`);
      return [{ ...one, source: place.source, bind: { ...one.bind, create_host_path: true } }];
    case "shared":
      remarks.warn(
        `${name}: ${one.source} is not in the point; the copy reads the original's and cannot write it`,
      );
      return [{ ...one, read_only: true }];
    case "gone":
      remarks.warn(
        `${name}: ${one.source} is neither in the point nor here: ${one.target} is not mounted`,
      );
      return [];
  }
}
