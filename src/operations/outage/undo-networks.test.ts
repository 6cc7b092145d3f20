import { beforeEach, describe, expect, it } from "vitest";
import type { Connection } from "../../domain/networks/connection.ts";
import type { NetworkDefinition } from "../../domain/networks/definition.ts";
import { StackholdError } from "../../errors.ts";
import type { Engine, Network } from "../../ports/engine.ts";
import type { JournaledNetwork } from "../../ports/journal.ts";
import { connection, endpoint, network, pool } from "../../testing/networks.ts";
import { undoNetworks } from "./undo-networks.ts";

const refused = (message: string) => new StackholdError("ENGINE_ERROR", message);

/** Networks and who is in them, as an engine keeps them. */
function engineWith(networks: Network[], joined: Connection[]) {
  let nextId = 100;
  const running = new Set<string>();
  const all = { networks, joined };
  const engine = {
    networks: async () => [...all.networks],
    connections: async () => [...all.joined],
    createNetwork: async (definition: NetworkDefinition) => {
      if (all.networks.some(({ name }) => name === definition.name)) throw refused("it is there");
      const id = String(nextId++);
      all.networks.push({ ...definition, id });
      return id;
    },
    removeNetwork: async (id: string) => {
      if (all.joined.some((one) => one.networkId === id && running.has(one.id))) {
        throw refused("has active endpoints");
      }
      all.networks = all.networks.filter((one) => one.id !== id);
    },
    disconnect: async (_: string, container: string) => {
      all.joined = all.joined.filter(({ id }) => id !== container);
    },
    connect: async (networkId: string, id: string, wanted: Connection["endpoint"]) => {
      if (wanted.aliases.includes("impossible")) throw refused("no such address");
      all.joined.push(connection(id, { networkId, endpoint: wanted }));
    },
  };
  const look = () => ({
    networks: all.networks.map(({ labels }) => labels.made),
    joined: all.joined.map(({ id, networkId }) => {
      const made = all.networks.find((one) => one.id === networkId)?.labels.made;
      return `${id} in ${made ?? "nothing"}`;
    }),
  });
  return { engine: engine as unknown as Engine, all, running, look };
}

const made = (how: string, more: Partial<NetworkDefinition> = {}) =>
  network({ ...more, labels: { made: how } });
const [before, anew] = [made("before"), made("anew")];

/** `app` and `other` were in the network before. */
const journaled: JournaledNetwork = {
  definition: anew,
  former: { id: "1", definition: before },
  connections: [connection("app"), connection("other")],
};

const back = { networks: ["before"], joined: ["app in before", "other in before"] };

describe("a network that was being made anew is as it was", () => {
  const former: Network = { ...before, id: "1" };
  const ours: Network = { ...anew, id: "2" };
  const inOurs = (id: string) => connection(id, { networkId: "2" });

  it.each([
    ["nothing was done", [former], [connection("app"), connection("other")], undefined],
    ["one has left it", [former], [connection("app")], undefined],
    ["it was removed", [], [], undefined],
    ["it was made, and nobody noted it", [ours], [], undefined],
    ["some were back in it", [ours], [inOurs("other")], "2"],
    ["all were back in it", [ours], [inOurs("app"), inOurs("other")], "2"],
    ["a container forgot nothing of it", [], [connection("app")], undefined],
  ] as const)("after %s", async (_, networks, joined, id) => {
    const scene = engineWith([...networks], [...joined]);
    const entry = { ...journaled, ...(id === undefined ? {} : { made: id }) };
    for (const _again of [1, 2]) {
      expect(await undoNetworks([entry], scene.engine)).toEqual([]);
      const { networks: left, joined: now } = scene.look();
      expect({ networks: left, joined: now.toSorted() }).toEqual(back);
    }
  });

  it("with who joined it meanwhile, unless what that asks for does not fit", async () => {
    const odd = { ...inOurs("odd"), endpoint: endpoint({ aliases: ["impossible"] }) };
    const scene = engineWith([ours], [inOurs("new"), odd]);
    expect(await undoNetworks([{ ...journaled, made: "2" }], scene.engine)).toEqual([]);
    expect(scene.look()).toEqual({ ...back, joined: [...back.joined, "new in before"] });
  });

  it("but for one that cannot come back, which is named and keeps nobody else outside", async () => {
    const impossible = connection("lost", { endpoint: endpoint({ aliases: ["impossible"] }) });
    const connections = [...journaled.connections, impossible];
    const scene = engineWith([], []);
    const failed = await undoNetworks([{ ...journaled, connections }], scene.engine);
    expect(failed).toMatchObject([{ name: "network edge", error: { message: "no such address" } }]);
    expect(scene.look()).toEqual(back);
  });

  it("also where two networks had each other's subnets", async () => {
    const pools = (subnet: string) => ({ ...before.ipam, pools: [pool(subnet)] });
    const one = { name: "one", ipam: pools("10.1.0.0/24") };
    const two = { name: "two", ipam: pools("10.2.0.0/24") };
    const order: string[] = [];
    const { engine } = engineWith(
      [
        { ...anew, ...one, ipam: two.ipam, id: "21" },
        { ...anew, ...two, ipam: one.ipam, id: "22" },
      ],
      [],
    );
    const watched = {
      ...engine,
      createNetwork: (definition: NetworkDefinition) => {
        order.push(`make ${definition.name}`);
        return engine.createNetwork(definition);
      },
      removeNetwork: (id: string) => {
        order.push(`remove ${id}`);
        return engine.removeNetwork(id);
      },
    };
    const entries = [
      { ...journaled, definition: { ...anew, ...one }, made: "21", connections: [] },
      { ...journaled, definition: { ...anew, ...two }, made: "22", connections: [] },
    ].map((entry, index) => ({
      ...entry,
      former: { id: String(index), definition: { ...before, ...(index === 0 ? one : two) } },
    }));
    expect(await undoNetworks(entries, watched)).toEqual([]);
    expect(order).toEqual(["remove 21", "remove 22", "make one", "make two"]);
  });
});

describe("a network that was not there before", () => {
  const { former: _, ...fresh } = journaled;
  let ours: Network;
  beforeEach(() => {
    ours = { ...anew, id: "2" };
  });

  it("is removed, and nobody remembers it who had not known it", async () => {
    const knew = connection("app", { networkId: "2" });
    const scene = engineWith([ours], [knew, connection("new", { networkId: "2" })]);
    expect(
      await undoNetworks([{ ...fresh, connections: [connection("app")] }], scene.engine),
    ).toEqual([]);
    expect(scene.look()).toEqual({ networks: [], joined: ["app in nothing"] });
  });

  it("is known by its definition although the engine chose its subnet", async () => {
    const scene = engineWith([ours], []);
    const definition = { ...anew, ipam: { ...anew.ipam, pools: [] } };
    expect(await undoNetworks([{ ...fresh, definition }], scene.engine)).toEqual([]);
    expect(scene.look().networks).toEqual([]);
  });

  it("stays while somebody runs in it, and where it is somebody else's", async () => {
    const busy = engineWith([ours], [connection("app", { networkId: "2" })]);
    busy.running.add("app");
    expect(await undoNetworks([fresh], busy.engine)).toEqual([]);
    expect(busy.look().networks).toEqual(["anew"]);
    const foreign = engineWith([{ ...made("by hand"), id: "9" }], []);
    expect(await undoNetworks([fresh], foreign.engine)).toEqual([]);
    expect(foreign.look().networks).toEqual(["by hand"]);
  });
});
