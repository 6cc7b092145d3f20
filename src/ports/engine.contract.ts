import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastingInspection } from "../domain/recipe/lasting-inspection.ts";
import { creationOf } from "../domain/standalone/creation.ts";
import { endpoint, fullNetwork } from "../testing/networks.ts";
import type { Engine, EngineEvent } from "./engine.ts";

export interface ContainerWish {
  /** Words for the image's /bin/sh -c. */
  readonly script: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Gets an anonymous volume there. */
  readonly anonymousVolume?: string;
  /** Number of the user whose processes it runs. */
  readonly user?: string;
  /** It is in this one alone. */
  readonly network?: string;
}

export interface EngineHarness extends AsyncDisposable {
  readonly engine: Engine;
  /** `10.a.b`: the beginning of a subnet that nobody else uses. */
  readonly subnet: string;
  /** Starts a container that is removed with the harness. */
  run(wish: ContainerWish): Promise<{ readonly id: string; readonly name: string }>;
}

const patient = { script: "trap 'exit 0' TERM; while :; do sleep 0.1; done" };
const deaf = { script: "trap '' TERM; while :; do sleep 0.1; done" };
const nobody = "stackhold-no-such-container";

/** What every engine does, whoever is behind it. */
export function engineContract(title: string, open: () => Promise<EngineHarness>): void {
  describe(`${title} keeps the contract of an engine`, () => {
    let harness: EngineHarness;
    let engine: Engine;
    beforeAll(async () => {
      harness = await open();
      engine = harness.engine;
    });
    afterAll(() => harness?.[Symbol.asyncDispose]());

    it("says who it is", async () => {
      const info = await engine.info();
      expect(info).toMatchObject({
        name: expect.stringMatching(/./),
        version: expect.stringMatching(/^\d+\./),
        apiVersion: expect.stringMatching(/^\d+\.\d+$/),
        dataRoot: expect.stringMatching(/^\//),
      });
    });

    it("lists running and stopped containers with their labels", async () => {
      const runs = await harness.run({ ...patient, labels: { "x.y": "z" } });
      const ended = await harness.run({ script: "exit 3" });
      await stateOf(ended.id, "exited");
      const listed = await engine.containers();
      expect(listed.find(({ id }) => id === runs.id)).toMatchObject({
        name: runs.name,
        state: "running",
        labels: { "x.y": "z" },
      });
      expect(listed.find(({ id }) => id === ended.id)).toMatchObject({ state: "exited" });
    });

    it("inspects by id and by name", async () => {
      const { id, name } = await harness.run(patient);
      const [byId, byName] = await Promise.all([engine.inspect(id), engine.inspect(name)]);
      expect(byId).toEqual(byName);
      expect(byId).toMatchObject({ id, name, state: "running", number: 1, oneOff: false });
      expect(byId.startedAt).toMatch(/^\d{4}-/);
      expect(byId.finishedAt).toBeUndefined();
    });

    it("stops a container, and again without complaint", async () => {
      const { id } = await harness.run(patient);
      await engine.stop(id, 10);
      await engine.stop(id, 10);
      const member = await engine.inspect(id);
      expect(member).toMatchObject({ state: "exited", exitCode: 0 });
      expect(member.finishedAt).toMatch(/^\d{4}-/);
    });

    it("kills what does not stop in time", async () => {
      const { id } = await harness.run(deaf);
      await engine.stop(id, 1);
      expect(await engine.inspect(id)).toMatchObject({ state: "exited", exitCode: 137 });
    });

    it("returns from a second stop only when the container is stopped", async () => {
      const { id } = await harness.run(deaf);
      const first = engine.stop(id, 2);
      await engine.stop(id, 2);
      expect((await engine.inspect(id)).state).toBe("exited");
      await first;
    });

    it("starts a container, and again without complaint", async () => {
      const { id } = await harness.run(patient);
      await engine.stop(id, 10);
      await engine.start(id);
      await engine.start(id);
      expect((await engine.inspect(id)).state).toBe("running");
    });

    it("pauses and unpauses, each again without complaint", async () => {
      const { id } = await harness.run(patient);
      await engine.pause(id);
      await engine.pause(id);
      expect((await engine.inspect(id)).state).toBe("paused");
      await engine.unpause(id);
      await engine.unpause(id);
      expect((await engine.inspect(id)).state).toBe("running");
    });

    it("does not take a stopped container for an unpaused one", async () => {
      const { id } = await harness.run(patient);
      await engine.stop(id, 10);
      await expect(engine.pause(id)).rejects.toMatchObject({ code: "ENGINE_ERROR" });
      await expect(engine.unpause(id)).rejects.toMatchObject({ code: "ENGINE_ERROR" });
    });

    it("changes a restart policy and back", async () => {
      const { id } = await harness.run(patient);
      await engine.setRestartPolicy(id, { name: "on-failure", maximumRetryCount: 4 });
      expect((await engine.inspect(id)).restartPolicy).toEqual({
        name: "on-failure",
        maximumRetryCount: 4,
      });
      await engine.setRestartPolicy(id, { name: "", maximumRetryCount: 0 });
      expect((await engine.inspect(id)).restartPolicy).toMatchObject({ name: "no" });
    });

    it.each(["inspect", "inspectRaw", "start", "pause", "unpause"] as const)(
      "calls an unknown container missing: %s",
      async (act) => {
        await expect(engine[act](nobody)).rejects.toMatchObject({ code: "CONTAINER_MISSING" });
      },
    );

    it("calls an unknown container missing: stop and setRestartPolicy", async () => {
      const missing = { code: "CONTAINER_MISSING" };
      const policy = { name: "no", maximumRetryCount: 0 } as const;
      await expect(engine.stop(nobody, 1)).rejects.toMatchObject(missing);
      await expect(engine.setRestartPolicy(nobody, policy)).rejects.toMatchObject(missing);
    });

    it("removes a stopped container with its anonymous volumes, and no running one", async () => {
      const { id } = await harness.run({ ...patient, anonymousVolume: "/kept" });
      const [mount] = (await engine.inspect(id)).mounts;
      await expect(engine.remove(id)).rejects.toMatchObject({ code: "ENGINE_ERROR" });
      await engine.stop(id, 10);
      await engine.remove(id);
      await expect(engine.remove(id)).rejects.toMatchObject({ code: "CONTAINER_MISSING" });
      expect((await engine.volumes()).map(({ name }) => name)).not.toContain(mount?.volume);
    });

    it("knows an anonymous volume as one", async () => {
      const { id } = await harness.run({ ...patient, anonymousVolume: "/kept" });
      const [mount] = (await engine.inspect(id)).mounts;
      expect(mount).toMatchObject({ type: "volume", destination: "/kept", readOnly: false });
      const volume = (await engine.volumes()).find(({ name }) => name === mount?.volume);
      expect(volume).toMatchObject({ anonymous: true, mountpoint: mount?.source });
    });

    it("finds an image by its reference and by its id, and no unknown one", async () => {
      const { id } = await harness.run(patient);
      const { image, imageId } = await engine.inspect(id);
      expect(await engine.image(image)).toMatchObject({ id: imageId });
      expect(await engine.image(imageId)).toMatchObject({ id: imageId });
      expect((await engine.images()).map((known) => known.id)).toContain(imageId);
      expect(await engine.image("stackhold.invalid/no/such:image")).toBeUndefined();
    });

    it("makes a container like another under a name, without starting it, and renames it", async () => {
      const { id, name } = await harness.run({ ...patient, labels: { "x.y": "z" } });
      const raw = lastingInspection(await engine.inspectRaw(id));
      const creation = creationOf(raw, { hostName: "" });
      const made = await engine.create(creation, `${name}-passing`);
      await engine.rename(made, `${name}-lasting`);
      const member = await engine.inspect(`${name}-lasting`);
      expect(member).toMatchObject({ id: made, state: "created", labels: { "x.y": "z" } });
      const again = creationOf(lastingInspection(await engine.inspectRaw(made)), { hostName: "" });
      expect({ ...again, name }).toEqual(creation);
      await expect(engine.create(creation, `${name}-lasting`)).rejects.toMatchObject({
        code: "ENGINE_ERROR",
      });
      await engine.remove(made);
      const config = { ...creation.config, Image: "stackhold.invalid/no/such:image" };
      await expect(engine.create({ ...creation, config }, name)).rejects.toMatchObject({
        code: "IMAGE_MISSING",
      });
    });

    it("gives an image one more name", async () => {
      const { id } = await harness.run(patient);
      const { imageId } = await engine.inspect(id);
      const reference = "stackhold.invalid/named:again";
      await engine.tag(imageId, reference);
      expect(await engine.image(reference)).toMatchObject({ id: imageId });
    });

    it("gives an image away piece by piece, and takes it in again", async () => {
      const { id } = await harness.run(patient);
      const { imageId } = await engine.inspect(id);
      const pieces: Uint8Array[] = [];
      for await (const piece of engine.saveImage(imageId)) pieces.push(piece);
      expect(pieces.length).toBeGreaterThan(1);
      async function* content() {
        yield* pieces;
      }
      await engine.loadImage(content);
      expect(await engine.image(imageId)).toMatchObject({ id: imageId });
      async function* broken() {
        yield pieces[0] ?? new Uint8Array();
        throw new Error("of the content");
      }
      await expect(engine.loadImage(broken)).rejects.toThrow("of the content");
      const none = engine.saveImage(`sha256:${"0".repeat(64)}`)[Symbol.asyncIterator]();
      await expect(none.next()).rejects.toMatchObject({ code: "IMAGE_MISSING" });
    });

    it("tells all of a network by its name and by its id, and nothing of an unknown one", async () => {
      const [known] = await engine.networks();
      const { id = "", name = "" } = known ?? {};
      expect(await engine.inspectNetworkRaw(id)).toMatchObject({
        Id: id,
        Name: name,
        IPAM: { Driver: expect.any(String) },
      });
      expect(await engine.inspectNetworkRaw(name)).toMatchObject({ Id: id });
      expect(await engine.inspectNetworkRaw(nobody)).toBeUndefined();
    });

    describe("networks", () => {
      const name = `contract-${Math.random().toString(36).slice(2)}`;
      const here = async () => (await engine.networks()).find((network) => network.name === name);
      const those = async () => engine.connections(name);
      let id: string;
      beforeAll(async () => {
        id = await engine.createNetwork(fullNetwork(name, harness.subnet));
      });
      afterAll(async () => {
        for (const { id: container } of await those()) await engine.disconnect(id, container);
        await engine.removeNetwork(id);
        await engine.removeNetwork(id);
        expect(await here()).toBeUndefined();
      });

      it("are made as they are described", async () => {
        expect(await here()).toEqual({ ...fullNetwork(name, harness.subnet), id });
      });

      it("are not made where another has the name, or a part of the subnet", async () => {
        const network = fullNetwork(name, harness.subnet);
        const refused = { code: "ENGINE_ERROR" };
        await expect(engine.createNetwork(network)).rejects.toMatchObject(refused);
        const pools = [{ subnet: `${harness.subnet}.64/26`, auxiliary: {} }];
        const overlapping = { ...network, name: `${name}-too`, ipam: { ...network.ipam, pools } };
        await expect(engine.createNetwork(overlapping)).rejects.toMatchObject(refused);
      });

      it("are left and joined by a running container, with address and aliases", async () => {
        const { id: container, name: called } = await harness.run({ ...patient, network: name });
        expect(await those()).toMatchObject([{ id: container, name: called, networkId: id }]);
        await expect(engine.removeNetwork(id)).rejects.toMatchObject({ code: "ENGINE_ERROR" });
        await engine.disconnect(id, container);
        await engine.disconnect(name, container);
        expect(await those()).toEqual([]);
        const address = `${harness.subnet}.140`;
        const wanted = { ...endpoint(), aliases: ["www"], ipv4Address: address };
        await engine.connect(id, container, wanted);
        const joined = { id: container, name: called, networkId: id, address, endpoint: wanted };
        expect(await those()).toEqual([joined]);
        const refused = { code: "ENGINE_ERROR" };
        await expect(engine.connect(id, container, wanted)).rejects.toMatchObject(refused);
        const outside = { ...endpoint(), ipv4Address: "192.0.2.1" };
        await engine.disconnect(id, container);
        await expect(engine.connect(id, container, outside)).rejects.toMatchObject(refused);
      });

      it("are left and joined by a stopped container, which then starts in them", async () => {
        const { id: container } = await harness.run({ ...patient, network: name });
        await engine.stop(container, 10);
        expect(await those()).toMatchObject([{ id: container, networkId: id }]);
        await engine.disconnect(id, container);
        expect(await those()).toEqual([]);
        const wanted = { ...endpoint(), ipv4Address: `${harness.subnet}.150` };
        await engine.connect(id, container, wanted);
        expect(await those()).toMatchObject([{ id: container, endpoint: wanted }]);
        await engine.start(container);
        expect(await those()).toMatchObject([{ address: `${harness.subnet}.150` }]);
        await engine.disconnect(id, container);
      });

      it("that are gone, and containers that are, are told apart", async () => {
        const { id: container } = await harness.run({ ...patient, network: name });
        const missing = { code: "CONTAINER_MISSING" };
        await expect(engine.connect(id, nobody, endpoint())).rejects.toMatchObject(missing);
        await expect(engine.disconnect(id, nobody)).rejects.toMatchObject(missing);
        await engine.disconnect(nobody, container);
        const unknown = engine.connect(nobody, container, endpoint());
        await expect(unknown).rejects.toMatchObject({ code: "ENGINE_ERROR" });
        expect(await engine.connections(nobody)).toEqual([]);
        await engine.disconnect(id, container);
      });
    });

    it("shows that it may be written, and touches nothing", async () => {
      const { id } = await harness.run(patient);
      const before = await engine.inspect(id);
      await engine.checkWritable();
      expect(await engine.inspect(id)).toEqual(before);
    });

    const inside = { environment: {}, mark: "engine-contract", limitSeconds: 60 };
    const shell = (text: string) => ["/bin/sh", "-c", text];

    it("runs a command as the container's user and hands over what it prints", async () => {
      const { id } = await harness.run({ ...patient, user: "4711" });
      const lines: string[] = [];
      const end = await engine.exec(id, {
        ...inside,
        argv: shell('echo "$A of $(id -u)"; printf "%s\\nlast" more >&2; exit 3'),
        environment: { A: "b" },
        onLine: (line) => lines.push(line),
      });
      expect(end).toEqual({ code: 3 });
      expect(lines.toSorted()).toEqual(["b of 4711", "last", "more"]);
    });

    it.each(["limit", "cancelled"] as const)(
      "ends a command with what it started: %s",
      async (why) => {
        const { id } = await harness.run(patient);
        const stop = new AbortController();
        const deaf = why === "limit" ? "trap '' TERM" : ":";
        const argv = shell(`(${deaf}; while :; do sleep 0.1; done) & echo ; wait`);
        const onLine = () => (why === "cancelled" ? stop.abort() : undefined);
        const limitSeconds = why === "limit" ? 1 : 60;
        const command = { ...inside, argv, mark: `contract-${id}`, limitSeconds, onLine };
        expect(await engine.exec(id, { ...command, signal: stop.signal })).toEqual({ ended: why });
        const left: string[] = [];
        const listing = shell("ps | grep 'echo [;]'");
        await engine.exec(id, { ...inside, argv: listing, onLine: (line) => left.push(line) });
        expect(left).toEqual([]);
      },
    );

    it("runs no command in a container that does not run, or that nobody knows", async () => {
      const { id } = await harness.run(patient);
      await engine.stop(id, 10);
      const command = { ...inside, argv: shell("exit 0"), onLine: () => {} };
      await expect(engine.exec(id, command)).rejects.toMatchObject({ code: "ENGINE_ERROR" });
      await expect(engine.exec(nobody, command)).rejects.toMatchObject({
        code: "CONTAINER_MISSING",
      });
    });

    it("tells of events as they happen, until the signal ends it", async () => {
      const { id } = await harness.run(patient);
      const { startedAt = "" } = await engine.inspect(id);
      const ended = new AbortController();
      const since = Math.floor(Date.parse(startedAt) / 1000);
      const filter = { containers: [id], actions: ["die"], since };
      const seen: EngineEvent[] = [];
      const stopping = engine.stop(id, 10);
      for await (const event of engine.events(filter, ended.signal)) {
        seen.push(event);
        ended.abort();
      }
      await stopping;
      expect(seen).toHaveLength(1);
      expect(seen[0]).toMatchObject({ type: "container", action: "die", id });
      expect(seen[0]?.timeNano).toMatch(/^\d{19}$/);
    });

    it("ends the events of the past by itself", async () => {
      const { id } = await harness.run(patient);
      const { startedAt = "" } = await engine.inspect(id);
      const until = Date.parse(startedAt) / 1000;
      const actions: string[] = [];
      for await (const { action } of engine.events({ containers: [id], since: until - 5, until })) {
        actions.push(action);
      }
      expect(actions).toContain("create");
    });

    async function stateOf(id: string, wanted: string): Promise<void> {
      await expect.poll(async () => (await engine.inspect(id)).state).toBe(wanted);
    }
  });
}
