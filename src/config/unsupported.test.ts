import { describe, expect, it } from "vitest";
import { loadText } from "../testing/config-text.ts";
import { refuseUnsupported, unsupportedKeys, unsupportedText } from "./unsupported.ts";

async function found(text: string, env = {}): Promise<Record<string, string>> {
  const keys = unsupportedKeys(await loadText(text, env));
  return Object.fromEntries(keys.map(({ key, severity }) => [key, severity]));
}

it("has nothing to say about the defaults, nor about values that say the same", async () => {
  expect(await found("")).toEqual({});
  const same =
    "backup: {freeze: snapshot, groups: [[a, b]], scope: full, secrets: redact, images: save, hooks: {pre_backup: null}}";
  expect(await found(same)).toEqual({});
});

describe("keys that would change what a backup does", () => {
  const wanted: [string, string][] = [
    [
      "repositories: {k: {type: kopia, storage: {type: filesystem, path: /k}}}",
      "repositories.k.type",
    ],
  ];

  it.each(wanted)("are an error: %s", async (text, key) => {
    expect(await found(text)).toEqual({ [key]: "error" });
  });

  it("are refused together, each by name", async () => {
    const kopia = "{type: kopia, storage: {type: filesystem, path: /k}}";
    const loaded = await loadText(`repositories: {a: ${kopia}, b: ${kopia}}`);
    expect(() => refuseUnsupported(unsupportedKeys(loaded))).toThrow(
      expect.objectContaining({
        code: "NOT_AVAILABLE",
        message: expect.stringMatching(/`repositories\.a\.type`.*`repositories\.b\.type`/),
      }),
    );
  });
});

it("warns of the rest, once for a block", async () => {
  const keys = await found(`
schedules: {nightly: {cron: 0 2 * * *, jitter: 5m}}
notifications: {email: {server: s, from: f, to: [t]}}
server: {listen: "0.0.0.0:80"}
retention_days: 7
units: {a: {groups: [[a, b]]}}
`);
  expect(keys).toEqual({
    "schedules.nightly": "warning",
    "notifications.email": "warning",
    server: "warning",
    "units.a.groups": "warning",
  });
});

it("sees what the environment sets", async () => {
  expect(await found("", { STACKHOLD_SERVER_METRICS: "open" })).toEqual({
    server: "warning",
  });
});

it("says which key and what of it", async () => {
  const [first] = unsupportedKeys(await loadText("units: {a: {groups: [[a, b]]}}"));
  expect(first && unsupportedText(first)).toBe("`units.a.groups`: has no effect for a single unit");
  expect(() => refuseUnsupported([])).not.toThrow();
});
