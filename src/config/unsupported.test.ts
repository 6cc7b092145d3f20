import { expect, it } from "vitest";
import { loadText } from "../testing/config-text.ts";
import { unsupportedKeys, unsupportedText } from "./unsupported.ts";

async function found(text: string, env = {}): Promise<string[]> {
  return unsupportedKeys(await loadText(text, env)).map(({ key }) => key);
}

it("has nothing to say about the defaults, nor about values that say the same", async () => {
  expect(await found("")).toEqual([]);
  const same =
    "backup: {freeze: snapshot, groups: [[a, b]], scope: full, secrets: redact, images: save, hooks: {pre_backup: null}}";
  expect(await found(same)).toEqual([]);
});

it("warns of what does nothing, once for a block", async () => {
  const keys = await found(`
schedules: {nightly: {cron: 0 2 * * *, jitter: 5m}}
notifications: {email: {server: s, from: f, to: [t]}}
server: {listen: "0.0.0.0:80"}
retention_days: 7
units: {a: {groups: [[a, b]]}}
`);
  expect(keys.toSorted()).toEqual([
    "notifications.email",
    "schedules.nightly",
    "server",
    "units.a.groups",
  ]);
});

it("sees what the environment sets", async () => {
  expect(await found("", { STACKHOLD_SERVER_METRICS: "open" })).toEqual(["server"]);
});

it("says which key and what of it", async () => {
  const [first] = unsupportedKeys(await loadText("units: {a: {groups: [[a, b]]}}"));
  expect(first && unsupportedText(first)).toBe("`units.a.groups`: has no effect for a single unit");
});
