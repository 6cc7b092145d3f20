import { expect, it } from "vitest";
import type { ContainerCreation } from "./creation.ts";
import { findContainer, namesBehind, needOf, referencesOf, withReferences } from "./references.ts";

const creation: ContainerCreation = {
  name: "web",
  config: {},
  hostConfig: {
    NetworkMode: "container:abcd",
    PidMode: "container:abcd",
    IpcMode: "private",
    VolumesFrom: ["store:ro"],
    Links: ["/db:/web/database"],
  },
  networks: { front: { Links: ["cache:c"], Aliases: ["abcd"] } },
};

it("knows every container that another one is made with", () => {
  expect(referencesOf(creation)).toEqual(["abcd", "store", "db", "cache"]);
  const { hostConfig, networks } = withReferences(creation, (one) => `new-${one}`);
  expect(hostConfig).toEqual({
    NetworkMode: "container:new-abcd",
    PidMode: "container:new-abcd",
    IpcMode: "private",
    VolumesFrom: ["new-store:ro"],
    Links: ["/new-db:/web/database"],
  });
  expect(networks).toEqual({ front: { Links: ["new-cache:c"], Aliases: ["abcd"] } });
});

it("says what for", () => {
  expect(needOf(creation, "abcd")).toBe("its network and its processes");
  expect(needOf(creation, "store")).toBe("its volumes");
  expect(needOf(creation, "db")).toBe("a link");
});

it("finds a container by its id, its name and the beginning of its id", () => {
  const all = [
    { id: "abcdef", name: "one" },
    { id: "123456", name: "abcd" },
  ];
  expect(findContainer("abcdef", all)?.name).toBe("one");
  expect(findContainer("abcd", all)?.name).toBe("abcd");
  expect(findContainer("abcde", all)?.name).toBe("one");
  expect(findContainer("one", all)?.id).toBe("abcdef");
  expect(findContainer("xyz", all)).toBeUndefined();
  expect(namesBehind(["one", "abcdef", "gone"], all)).toEqual({ abcdef: "one" });
});
