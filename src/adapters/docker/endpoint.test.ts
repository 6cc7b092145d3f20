import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliEnvironment, resolveEndpoint } from "./endpoint.ts";

let home = "";
const host = "unix:///configured.sock";

async function writeContext(name: string, meta: object, tls: readonly string[] = []) {
  const id = createHash("sha256").update(name).digest("hex");
  const store = join(home, ".docker", "contexts");
  await mkdir(join(store, "meta", id), { recursive: true });
  await writeFile(join(store, "meta", id, "meta.json"), JSON.stringify(meta));
  await mkdir(join(store, "tls", id, "docker"), { recursive: true });
  for (const file of tls) await writeFile(join(store, "tls", id, "docker", file), "x");
}

const choose = (currentContext: string) =>
  writeFile(join(home, ".docker", "config.json"), JSON.stringify({ currentContext }));

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "stackhold-endpoint-"));
  await writeContext("far", { Name: "far", Endpoints: { docker: { Host: "ssh://me@far" } } });
  const docker = { Host: "tcp://safe:2376", SkipTLSVerify: true };
  await writeContext("safe", { Endpoints: { docker } }, ["ca.pem", "key.pem"]);
  await writeContext("broken", { Endpoints: {} });
  await choose("far");
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe("the engine's endpoint", () => {
  it("is the configured host before everything", async () => {
    const environment = { HOME: home, DOCKER_HOST: "unix:///env.sock" };
    const found = await resolveEndpoint({ host, environment });
    expect(found).toEqual({ address: host, origin: "docker.host" });
    expect(cliEnvironment(found)).toEqual({ DOCKER_HOST: host });
  });

  it("is DOCKER_HOST before the context", async () => {
    const environment = { HOME: home, DOCKER_HOST: "unix:///env.sock", DOCKER_CONTEXT: "far" };
    expect((await resolveEndpoint({ environment })).address).toBe("unix:///env.sock");
  });

  it("is that of the current context", async () => {
    const found = await resolveEndpoint({ environment: { HOME: home } });
    expect(found).toMatchObject({ address: "ssh://me@far", origin: "docker context far" });
    expect(cliEnvironment(found)).toEqual({ DOCKER_CONTEXT: "far" });
  });

  it("is that of DOCKER_CONTEXT, with the context's own TLS files", async () => {
    const environment = { DOCKER_CONFIG: join(home, ".docker"), DOCKER_CONTEXT: "safe" };
    const { address, tls } = await resolveEndpoint({ environment });
    expect(address).toBe("tcp://safe:2376");
    expect(tls).toMatchObject({ ca: expect.stringMatching(/ca\.pem$/), verify: false });
    expect(tls).not.toHaveProperty("cert");
  });

  it("is the rootless socket where the usual one is not, unless a context is chosen", async () => {
    await writeFile(join(home, "docker.sock"), "");
    const environment = { HOME: "/nowhere", XDG_RUNTIME_DIR: home };
    const { address } = await resolveEndpoint({ environment });
    expect(["unix:///var/run/docker.sock", `unix://${home}/docker.sock`]).toContain(address);
    const preset = await resolveEndpoint({
      environment: { ...environment, DOCKER_CONTEXT: "default" },
    });
    expect(preset.origin).toBe("the usual socket");
  });

  it("has TLS for tcp where certificates are named, checked where that is asked for", async () => {
    const base = { HOME: home, DOCKER_HOST: "tcp://there:2376" };
    const of = async (more: object) =>
      (await resolveEndpoint({ environment: { ...base, ...more } })).tls;
    expect(await of({})).toBeUndefined();
    expect(await of({ DOCKER_CERT_PATH: "/c" })).toMatchObject({ ca: "/c/ca.pem", verify: false });
    expect(await of({ DOCKER_TLS_VERIFY: "1" })).toMatchObject({
      key: join(home, ".docker/key.pem"),
      verify: true,
    });
  });

  it.each(["nobody-has-it", "broken"])("fails on the context %s and names it", async (name) => {
    const found = resolveEndpoint({ environment: { HOME: home, DOCKER_CONTEXT: name } });
    await expect(found).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  });
});
