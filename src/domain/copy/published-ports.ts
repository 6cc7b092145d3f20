import { z } from "zod";

/** GET /containers/{id}/json */
const inspectionSchema = z.looseObject({
  NetworkSettings: z.looseObject({
    Ports: z
      .record(
        z.string(),
        z.array(z.looseObject({ HostIp: z.string(), HostPort: z.string() })).nullable(),
      )
      .nullish(),
  }),
});

export interface PublishedPort {
  readonly container: string;
  /** `80/tcp` */
  readonly port: string;
  /** `127.0.0.1:32768` */
  readonly published: string;
}

/** Which ports of the host lead to a container, as the engine tells; none where it does not run. */
export function publishedPorts(container: string, inspection: unknown): PublishedPort[] {
  const { NetworkSettings } = inspectionSchema.parse(inspection);
  return Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? [])
      .filter(({ HostPort }) => HostPort !== "")
      .map(({ HostIp, HostPort }) => {
        const host = HostIp.includes(":") ? `[${HostIp}]` : HostIp || "0.0.0.0";
        return { container, port, published: `${host}:${HostPort}` };
      }),
  );
}
