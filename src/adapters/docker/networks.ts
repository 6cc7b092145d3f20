import { z } from "zod";
import type { Network } from "../../ports/engine.ts";
import type { Client } from "./client.ts";
import { removeOne } from "./remove-one.ts";

/** GET /networks */
const networksSchema = z.array(
  z.looseObject({
    Id: z.string(),
    Name: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
);

export async function listNetworks(client: Client): Promise<Network[]> {
  const call = { method: "GET", path: "/networks", what: "the list of networks" } as const;
  const listed = await client.json(call, networksSchema);
  return listed.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels ?? {} }));
}

export async function removeNetwork(id: string, client: Client): Promise<void> {
  await removeOne(`/networks/${encodeURIComponent(id)}`, `removal of network ${id}`, client);
}
