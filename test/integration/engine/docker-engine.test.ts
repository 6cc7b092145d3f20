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

  it("tells what was written into a container that never ran, and nothing before", async () => {
    const { dockerHost, env } = bedEngine();
    using engine = dockerEngine({ endpoint: { address: dockerHost, origin: "test" } });
    const docker = (...args: string[]) => run(["docker", ...args], { env });
    const name = `engine-changes-${process.pid}`;
    await docker("create", "--name", name, "-v", "/data", image, "sleep", "1000");
    try {
      expect(await engine.changes(name)).toEqual([]);
      await docker("cp", import.meta.filename, `${name}:/etc/own.conf`);
      expect(await engine.changes(name)).toContainEqual({ path: "/etc/own.conf", kind: "added" });
    } finally {
      await docker("rm", "-f", "-v", name);
    }
  });

  it("makes a container with addresses and names in several networks, and a volume with options", async () => {
    const { dockerHost, env } = bedEngine();
    using engine = dockerEngine({ endpoint: { address: dockerHost, origin: "test" } });
    const docker = (...args: string[]) => run(["docker", ...args], { env });
    const name = `engine-creation-${process.pid}`;
    const static4 = `10.214.${process.pid % 200}.9`;
    await docker("network", "create", "--subnet", static4.replace(/9$/, "0/24"), name);
    await docker("network", "create", `${name}-2`);
    const how = { driver: "local", options: { type: "tmpfs", device: "tmpfs", o: "size=1m" } };
    await engine.createVolume(name, {}, how);
    expect((await engine.volumes()).find((one) => one.name === name)).toMatchObject(how);
    const id = await engine.create(
      {
        name,
        config: { Image: image, MacAddress: "02:42:ac:11:00:99" },
        hostConfig: { NetworkMode: name, Binds: [`${name}:/data`] },
        networks: {
          [name]: { IPAMConfig: { IPv4Address: static4 }, Aliases: ["first"] },
          [`${name}-2`]: { Aliases: ["second"] },
        },
      },
      name,
    );
    expect(await engine.inspectRaw(id)).toMatchObject({
      Config: { MacAddress: "02:42:ac:11:00:99" },
      NetworkSettings: {
        Networks: {
          [name]: {
            IPAMConfig: { IPv4Address: static4 },
            Aliases: expect.arrayContaining(["first"]),
          },
          [`${name}-2`]: { Aliases: expect.arrayContaining(["second"]) },
        },
      },
    });
    await engine.remove(id);
    await engine.removeVolume(name);
    await docker("network", "rm", name, `${name}-2`);
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
        await run(["docker", "rmi", "stackhold.invalid/named:again"], { env });
        engine[Symbol.dispose]();
      },
    };
  });
});
