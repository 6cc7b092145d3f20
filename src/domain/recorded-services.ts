import type { Manifest } from "./manifest.ts";

/** The services of a point with how many containers each had, one-off ones aside. */
export function recordedServices({ members }: Pick<Manifest, "members">) {
  const lasting = members.filter(({ oneOff }) => !oneOff).flatMap(({ service }) => service ?? []);
  const counts = Map.groupBy(lasting, (service) => service);
  return [...counts].map(([name, all]) => ({ name, replicas: all.length }));
}
