import { expect, it } from "vitest";
import { loadText } from "../testing/config-text.ts";
import { retentionRule } from "./retention.ts";

const repositories = `
repositories:
  local: {type: archive, path: /a}
  far: {type: archive, path: /b, retention: {monthly: 12}}
`;

it("is 28 days where nobody says anything, in this machine's time zone", async () => {
  expect(retentionRule(await loadText(""), "shop", "local")).toEqual({
    retention: { days: 28 },
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
});

it("is the repository's, else the unit's, else the global block, each whole", async () => {
  const units = "units: {shop: {retention: {daily: 14}}}";
  const loaded = await loadText(`${repositories}retention: {latest: 3, weekly: 4}\n${units}`);
  const of = (unit: string, repository: string) =>
    retentionRule(loaded, unit, repository).retention;
  expect(of("shop", "local")).toEqual({ daily: 14 });
  expect(of("blog", "local")).toEqual({ latest: 3, weekly: 4 });
  expect(of("shop", "far")).toEqual({ monthly: 12 });
  expect(of("blog", "far")).toEqual({ monthly: 12 });
});

it("counts in the zone of the schedule that names the unit, else of the one for all", async () => {
  const loaded = await loadText(`
schedules:
  all: {cron: "0 2 * * *", timezone: Europe/Berlin}
  some: {cron: "0 3 * * *", timezone: Asia/Tokyo, units: [shop]}
`);
  expect(retentionRule(loaded, "shop", "local").timeZone).toBe("Asia/Tokyo");
  expect(retentionRule(loaded, "blog", "local").timeZone).toBe("Europe/Berlin");
});
