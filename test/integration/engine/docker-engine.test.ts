import { expect, it } from "vitest";
import { dockerEngine } from "../../../src/adapters/docker/engine.ts";
import { engineContract } from "../../../src/ports/engine.contract.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { ownSubnet } from "../../support/own-subnet.ts";

const image = "stackhold-test/busybox";
let made = 0;

describeWithEngine("the docker adapter", () => {
  it("makes and removes a volume, removes a network, and again without complaint, but none that is used", async () => {
    const { dockerHost, env } = bedEngine();
    using engine = dockerEngine({ endpoint: { address: dockerHost, origin: "test" } });
    const docker = (...args: string[]) => run(["docker", ...args], { env });
    const name = `engine-removal-${process.pid}`;
    await engine.createVolume(name, { "a.b": "c" });
    const options = { type: "tmpfs", device: "tmpfs", o: "size=1m" };
    await engine.createVolume(`${name}-fast`, {}, { driver: "local", options });
    const volumes = await engine.volumes();
    const volume = volumes.find((one) => one.name === name);
    expect(volume).toMatchObject({ driver: "local", labels: { "a.b": "c" }, anonymous: false });
    expect(volumes.find((one) => one.name === `${name}-fast`)).toMatchObject({ options });
    await engine.removeVolume(`${name}-fast`);
    await docker("network", "create", "--label", "x.y=z", name);
    const user = ["--name", name, "--network", name, "-v", `${name}:/data`];
    await docker("run", "-d", ...user, image, "sleep", "1000");
    const network = (await engine.networks()).find((one) => one.name === name);
    expect(network?.labels).toEqual({ "x.y": "z" });
    const id = network?.id ?? "";
    await expect(engine.removeVolume(name)).rejects.toMatchObject({ code: "ENGINE_ERROR" });
    await expect(engine.removeNetwork(id)).rejects.toMatchObject({ code: "ENGINE_ERROR" });
    await docker("rm", "-f", name);
    for (const _ of ["once", "again"]) {
      await engine.removeVolume(name);
      await engine.removeNetwork(id);
    }
    expect((await engine.networks()).map((one) => one.name)).not.toContain(name);
    expect((await engine.volumes()).map((one) => one.name)).not.toContain(name);
  });

  engineContract("the Docker engine", async () => {
    const { dockerHost, env } = bedEngine();
    const engine = dockerEngine({ endpoint: { address: dockerHost, origin: "test" } });
    const ids: string[] = [];
    return {
      engine,
      subnet: ownSubnet(),
      async run({ script, labels = {}, anonymousVolume, user, network }) {
        const name = `engine-contract-${process.pid}-${++made}`;
        const marks = Object.entries(labels).flatMap(([key, value]) => ["-l", `${key}=${value}`]);
        const volume = anonymousVolume === undefined ? [] : ["-v", anonymousVolume];
        const who = user === undefined ? [] : ["--user", user];
        const where = network === undefined ? [] : ["--network", network];
        const more = [...marks, ...volume, ...who, ...where, image];
        const argv = ["docker", "run", "-d", "--name", name, ...more];
        const { stdout } = await run([...argv, "/bin/sh", "-c", script], { env });
        const id = stdout.trim();
        ids.push(id);
        return { id, name };
      },
      async [Symbol.asyncDispose]() {
        await run(["docker", "rm", "-fv", ...ids], { env });
        engine[Symbol.dispose]();
      },
    };
  });
});
