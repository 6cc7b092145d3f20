// biome-ignore lint/suspicious/noExplicitAny: tests read the engine's documents
export type Inspection = any;

/** Of an inspection what is only so of this one container, and until it is started again. */
const momentary = [
  "Created",
  "State",
  "ExecIDs",
  "GraphDriver",
  "SandboxID",
  "SandboxKey",
  "EndpointID",
  "NetworkID",
  "HostnamePath",
  "HostsPath",
  "ResolvConfPath",
  "LogPath",
];

/**
 * Inspections as text without ids: each container's is its name, each anonymous volume's the place
 * where it is mounted.
 */
export function withoutIds(inspections: readonly Inspection[]): Inspection[] {
  let text = JSON.stringify(inspections, (key, value) =>
    momentary.includes(key) ? undefined : value,
  );
  for (const { Id, Name, Mounts } of inspections) {
    text = text.replaceAll(Id, `<id of ${Name}>`).replaceAll(Id.slice(0, 12), `<id of ${Name}>`);
    for (const { Type, Name: volume, Destination } of Mounts) {
      if (Type !== "volume" || !/^[0-9a-f]{64}$/.test(volume)) continue;
      text = text.replaceAll(volume, `<anonymous ${Destination}>`);
    }
  }
  const all: Inspection[] = JSON.parse(text);
  for (const one of all) {
    for (const [port, [binding]] of Object.entries<Inspection>(one.HostConfig.PortBindings ?? {})) {
      if (binding.HostPort === "") one.NetworkSettings.Ports[port] = "chosen by the engine";
    }
    one.Mounts.sort((a: Inspection, b: Inspection) => (a.Destination < b.Destination ? -1 : 1));
  }
  return all;
}
