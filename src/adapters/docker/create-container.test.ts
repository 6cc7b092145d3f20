import { describe, expect, it } from "vitest";
import type { ContainerCreation } from "../../domain/standalone/creation.ts";
import { StackholdError } from "../../errors.ts";
import type { Client, Question } from "./client.ts";
import { createContainer } from "./create-container.ts";

/** An engine of a version that joins what is made to these networks; what it was asked. */
function engine(apiVersion: string, joined: readonly string[] = []) {
  const asked: Question[] = [];
  const Networks = Object.fromEntries(joined.map((name) => [name, {}]));
  const ask = async (question: Question) => {
    asked.push(question);
    return { status: 200, headers: {}, text: "" };
  };
  const json = async (question: Question) => {
    await ask(question);
    return { Id: "new", NetworkSettings: { Networks } };
  };
  const never = () => Promise.reject(new Error("not asked in these tests"));
  const connection = () => Promise.resolve({ apiVersion, prefix: "", transport: undefined });
  const client = { ask, json, connection, stream: never, broken: never };
  return { client: client as unknown as Client, asked };
}

const creation: ContainerCreation = {
  name: "web",
  platform: "linux/arm64",
  config: { Image: "redis", MacAddress: "02:42:00:00:00:01" },
  hostConfig: { NetworkMode: "front" },
  networks: { front: { Aliases: ["www"] }, back: { Aliases: ["in"] } },
};

describe("a container is made", () => {
  it.each([
    ["1.43", { MacAddress: "02:42:00:00:00:01" }, { Aliases: ["www"] }],
    ["1.44", {}, { Aliases: ["www"], MacAddress: "02:42:00:00:00:01" }],
  ])("in the words of an engine of %s", async (version, config, front) => {
    const { client, asked } = engine(version, ["front"]);
    expect(await createContainer(creation, "passing", client)).toBe("new");
    expect(asked[0]).toMatchObject({ query: { name: "passing", platform: "linux/arm64" } });
    expect(asked[0]?.body).toEqual({
      Image: "redis",
      ...config,
      HostConfig: { NetworkMode: "front" },
      NetworkingConfig: { EndpointsConfig: { front } },
    });
  });

  it("in one network, then in the rest, and in no other", async () => {
    const { client, asked } = engine("1.41", ["front"]);
    const { front: _, ...networks } = creation.networks;
    await createContainer({ ...creation, networks }, "web", client);
    expect(asked.slice(2).map(({ path, body }) => [path, body])).toEqual([
      ["/networks/back/connect", { Container: "new", EndpointConfig: { Aliases: ["in"] } }],
      ["/networks/front/disconnect", { Container: "new" }],
    ]);
  });

  it.each([
    ["the default network of another engine", "default", ["none"], []],
    [
      "what left the default network",
      "default",
      ["bridge"],
      ["front/connect", "bridge/disconnect"],
    ],
    ["another's network", "container:ab", [], []],
  ])("where it shall be: %s", async (_, mode, joined, acts) => {
    const { client, asked } = engine("1.41", joined);
    const isDefault = acts.length === 0;
    const networks = isDefault ? { bridge: {} } : { front: {} };
    await createContainer(
      { ...creation, networks, hostConfig: { NetworkMode: mode } },
      "x",
      client,
    );
    const paths = asked.map(({ path }) => path).filter((path) => path.startsWith("/networks/"));
    expect(paths).toEqual(acts.map((act) => `/networks/${act}`));
  });

  it.each([
    ["No such image: redis", "IMAGE_MISSING"],
    ["network front not found", "ENGINE_ERROR"],
  ])("or not, since: %s", async (message, code) => {
    const { client } = engine("1.41");
    const json = () => Promise.reject(new StackholdError("IMAGE_MISSING", message));
    const refused = createContainer(creation, "web", { ...client, json });
    await expect(refused).rejects.toMatchObject({ code, message });
  });
});
