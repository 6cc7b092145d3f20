import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { dockerEngine } from "../../../src/adapters/docker/engine.ts";
import { dockerConfigAuth } from "../../../src/adapters/docker/registry-auth.ts";
import { createRunner } from "../../../src/exec/runner.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { openRegistry } from "../../bed/registry.ts";
import { run } from "../../bed/run.ts";

describeWithEngine("a pull", () => {
  const repository = `engine-pull-${process.pid}`;
  const open = () =>
    dockerEngine({ endpoint: { address: bedEngine().dockerHost, origin: "test" } });

  afterAll(async () => {
    const { env } = bedEngine();
    const listed = await run(["docker", "images", "-q", `*/${repository}`], { env });
    const ids = new Set(listed.stdout.split("\n").filter(Boolean));
    if (ids.size > 0) await run(["docker", "rmi", "-f", ...ids], { env });
  });

  it("fetches by tag and by digest, and tells the digest of the image", async () => {
    await using registry = await openRegistry(repository);
    using engine = open();
    const name = `${registry.host}/${repository}`;
    await engine.pull(`${name}:1`);
    const pinned = `${name}@${registry.digest}`;
    expect(await engine.image(`${name}:1`)).toMatchObject({ digests: [pinned] });
    await engine.pull(pinned);
    expect(await engine.image(pinned)).toMatchObject({ tags: [`${name}:1`] });
  });

  it("calls an image missing that the registry does not have", async () => {
    await using registry = await openRegistry(repository);
    using engine = open();
    const pull = engine.pull(`${registry.host}/${repository}:2`);
    await expect(pull).rejects.toMatchObject({ code: "IMAGE_MISSING" });
  });

  it("logs in with what `docker login` stored", async () => {
    await using registry = await openRegistry(repository, { password: "hush" });
    const directory = await mkdtemp(join(tmpdir(), "stackhold-docker-config-"));
    const auth = Buffer.from("keeper:hush").toString("base64");
    await writeFile(
      join(directory, "config.json"),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );
    const runner = createRunner({ environment: {}, monotonic: () => performance.now() });
    using stranger = open();
    using engine = dockerEngine({
      endpoint: { address: bedEngine().dockerHost, origin: "test" },
      registryAuth: dockerConfigAuth({ DOCKER_CONFIG: directory }, runner),
    });
    const reference = `${registry.host}/${repository}:1`;
    await expect(stranger.pull(reference)).rejects.toMatchObject({ code: expect.any(String) });
    expect(registry.logins).toEqual([]);
    await engine.pull(reference);
    expect(registry.logins.length).toBeGreaterThan(0);
    await rm(directory, { recursive: true });
  });
});
