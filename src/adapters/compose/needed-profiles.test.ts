import { expect, it } from "vitest";
import { neededProfiles } from "./needed-profiles.ts";

const services = {
  web: { depends_on: { db: { condition: "service_started" } } },
  db: { profiles: null },
  tool: { profiles: ["tools", "all"], depends_on: { helper: {}, web: {} } },
  helper: { profiles: ["helpers"], depends_on: { tool: {} } },
  debug: { profiles: ["debug"] },
};
const needed = (...names: string[]) => neededProfiles(JSON.stringify({ services }), names);

it("names one profile of each service and of what it depends on, and no other", () => {
  expect(needed("tool", "debug")).toEqual(["debug", "helpers", "tools"]);
  expect(needed("helper")).toEqual(["helpers", "tools"]);
});

it("names none where no service is behind one, or none is known", () => {
  expect(needed("web", "db", "gone")).toEqual([]);
});
