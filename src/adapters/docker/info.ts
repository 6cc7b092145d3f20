import { z } from "zod";
import type { EngineInfo } from "../../ports/engine.ts";
import type { Client } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";

/** GET /info */
const infoSchema = z.looseObject({
  Name: z.string(),
  ServerVersion: z.string(),
  DockerRootDir: z.string(),
  SecurityOptions: z.array(z.string()).nullish(),
});

export async function engineInfo(client: Client, endpoint: Endpoint): Promise<EngineInfo> {
  const call = { method: "GET", path: "/info", what: "the engine's description" } as const;
  const raw = await client.json(call, infoSchema);
  const { apiVersion } = await client.connection();
  const options = (raw.SecurityOptions ?? []).flatMap((option) => option.split(","));
  return {
    name: raw.Name,
    version: raw.ServerVersion,
    apiVersion,
    dataRoot: raw.DockerRootDir,
    rootless: options.includes("name=rootless"),
    endpoint: endpoint.address,
  };
}
