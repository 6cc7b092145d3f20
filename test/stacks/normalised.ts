import { type Inspection, withoutIds } from "../support/without-ids.ts";

const compose = "com.docker.compose.";

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** Neither created nor exited matters of what does not run. */
function standing({ State }: Inspection): string {
  if (!State.Running) return "down";
  return `running ${State.Health?.Status ?? ""}`.trim();
}

/**
 * Inspections without what another start, Compose or the engine make different each time. An address that somebody asked for stays; so does a MAC address of the kind that fixtures ask for. `root`: the engine's data root.
 */
export function normalised(inspected: readonly Inspection[], root: string): Inspection[] {
  const text = JSON.stringify(withoutIds(inspected))
    .replaceAll(root, "<engine>")
    // Of a container in an external network alone it is the network's id.
    .replaceAll(/(?<="NetworkMode":")[0-9a-f]{64}/g, "<id of a network>");
  const all: Inspection[] = JSON.parse(text);
  for (const [index, one] of all.entries()) {
    one.State = standing(inspected[index]);
    // Compose hands these on in no order.
    const { Binds, ExtraHosts, Mounts } = one.HostConfig;
    for (const list of [one.Config.Env, Binds, ExtraHosts, Mounts]) list?.sort(byText);
    const { Labels } = one.Config;
    const order = Labels[`${compose}depends_on`]?.split(",").sort().join(",");
    if (order !== undefined) Labels[`${compose}depends_on`] = order;
    // Compose's hash of whoever lives in another's namespace or volumes is made of that container's id.
    if (/^container:/.test(one.HostConfig.NetworkMode) || one.HostConfig.VolumesFrom)
      delete Labels[`${compose}config-hash`];
    for (const endpoint of Object.values<Inspection>(one.NetworkSettings.Networks)) {
      const asked = endpoint.IPAMConfig ?? {};
      if (!asked.IPv4Address) endpoint.IPAddress = "given";
      if (!asked.IPv6Address) endpoint.GlobalIPv6Address = "given";
      if (!endpoint.MacAddress.startsWith("02:42:ac:11:00")) endpoint.MacAddress = "given";
      // The id is among them once the container has been started.
      for (const kind of ["Aliases", "DNSNames"]) {
        const names: string[] = endpoint[kind] ?? [];
        endpoint[kind] = names.filter((name) => !name.startsWith("<id of")).sort();
      }
    }
  }
  return all;
}
