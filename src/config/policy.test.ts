import { describe, expect, it } from "vitest";
import { stopTimeoutOf } from "../domain/policy.ts";
import { loadText } from "../testing/config-text.ts";
import { effectivePolicy } from "./policy.ts";

const container = (name: string, labels: Record<string, string> = {}) => ({ name, labels });

it("has the defaults where nobody says anything", async () => {
  const { value, origin } = effectivePolicy(await loadText(""), "wordpress");
  expect(value).toEqual({
    enable: true,
    scope: "standard",
    quiesce: "stop",
    freeze: "auto",
    skipStop: false,
    stopTimeout: undefined,
    startTimeout: 60,
    stayUp: 3,
    hooks: {},
    hookTimeout: 300,
    parallel: "auto",
    exclude: [],
    includeData: true,
    secrets: "keep",
    images: "digest",
    maxAge: 93_600,
    retention: { days: 28 },
    repositories: ["local"],
    accept: [],
    containers: {},
  });
  expect(new Set(Object.values(origin))).toEqual(new Set(["default"]));
});

it("takes the flag over the label over the unit over the global value", async () => {
  const loaded = await loadText("backup: {quiesce: down}\nunits: {wp: {quiesce: pause}}");
  const labelled = [container("wp-1", { "stackhold.quiesce": "none" })];
  const quiesce = (...args: [string, typeof labelled?, { quiesce?: "stop" }?]) => {
    const { value, origin } = effectivePolicy(loaded, ...args);
    return [value.quiesce, origin.quiesce];
  };
  expect(quiesce("other")).toEqual(["down", "global"]);
  expect(quiesce("wp")).toEqual(["pause", "unit"]);
  expect(quiesce("wp", labelled)).toEqual(["none", "label"]);
  expect(quiesce("wp", labelled, { quiesce: "stop" })).toEqual(["stop", "flag"]);
});

it("lets a unit take back a global stop timeout", async () => {
  const loaded = await loadText("backup: {stop_timeout: 2m}\nunits: {wp: {stop_timeout: null}}");
  expect(effectivePolicy(loaded, "other").value.stopTimeout).toBe(120);
  const { value, origin } = effectivePolicy(loaded, "wp");
  expect([value.stopTimeout, origin.stopTimeout]).toEqual([undefined, "unit"]);
});

it("takes each hook from the unit where it has one, else from the global block", async () => {
  const loaded = await loadText(`
backup: {hooks: {pre_backup: /a, post_backup: [b, c], pre_freeze: /d}, hook_timeout: 1m}
units: {wp: {hooks: {pre_backup: [~/x, y], post_backup: null}, hook_timeout: 5}}
`);
  const other = effectivePolicy(loaded, "other");
  expect(other.value.hooks).toEqual({
    pre_backup: ["/a"],
    post_backup: ["b", "c"],
    pre_freeze: ["/d"],
  });
  expect([other.value.hookTimeout, other.origin.hooks]).toEqual([60, "global"]);
  const { value, origin } = effectivePolicy(loaded, "wp");
  expect(value.hooks).toEqual({
    pre_backup: [expect.stringMatching(/^\/.+\/x$/), "y"],
    pre_freeze: ["/d"],
  });
  expect([value.hookTimeout, origin.hooks]).toEqual([5, "unit"]);
});

it("keeps the commands of labels with their containers", async () => {
  const labelled = [container("db-1", { "stackhold.exec.pre": "dump" }), container("web-1")];
  expect(effectivePolicy(await loadText(""), "s", labelled).value.containers).toEqual({
    "db-1": { enable: true, execPre: "dump" },
  });
});

it("adds up the excludes of all levels, each once, and knows who asked for it", async () => {
  const loaded = await loadText("backup: {exclude: [a, b]}\nunits: {wp: {exclude: [b, c]}}");
  const labelled = [container("wp-1", { "stackhold.exclude": "d, *.tmp" })];
  const { value, origin } = effectivePolicy(loaded, "wp", labelled);
  expect(value.exclude).toEqual([
    { pattern: "a", rule: "backup.exclude" },
    { pattern: "b", rule: "backup.exclude" },
    { pattern: "c", rule: "units.wp.exclude" },
    { pattern: "d", rule: "label stackhold.exclude of wp-1" },
    { pattern: "*.tmp", rule: "label stackhold.exclude of wp-1" },
  ]);
  expect(origin.exclude).toBe("label");
  expect(effectivePolicy(loaded, "other").origin.exclude).toBe("global");
});

it("replaces retention whole", async () => {
  const loaded = await loadText(
    "retention: {daily: 7, weekly: 4}\nunits: {wp: {retention: {days: 3}}}",
  );
  expect(effectivePolicy(loaded, "wp")).toMatchObject({
    value: { retention: { days: 3 } },
    origin: { retention: "unit" },
  });
  expect(effectivePolicy(loaded, "other").value.retention).toEqual({ daily: 7, weekly: 4 });
});

it("knows the units that are never stopped", async () => {
  const loaded = await loadText("skip_stop: [traefik]");
  expect(effectivePolicy(loaded, "traefik")).toMatchObject({
    value: { skipStop: true },
    origin: { skipStop: "global" },
  });
});

describe("repositories", () => {
  const archive = (name: string) => `  ${name}: {type: archive, path: /${name}}\n`;
  const file = `repositories:\n${["a", "b", "c"].map(archive).join("")}`;

  it("are all, unless a level names some", async () => {
    const all = await loadText(file);
    expect(effectivePolicy(all, "wp").value.repositories).toEqual(["a", "b", "c"]);
    const named = await loadText(
      `${file}backup: {repositories: [a, b]}\nunits: {wp: {repositories: [c]}}`,
    );
    expect(effectivePolicy(named, "other").value.repositories).toEqual(["a", "b"]);
    expect(effectivePolicy(named, "wp").value.repositories).toEqual(["c"]);
    const flag = effectivePolicy(named, "wp", [], { repositories: ["b"] });
    expect([flag.value.repositories, flag.origin.repositories]).toEqual([["b"], "flag"]);
  });

  it("named by a flag have to be there", async () => {
    const loaded = await loadText("");
    expect(() => effectivePolicy(loaded, "wp", [], { repositories: ["lokal"] })).toThrow(
      expect.objectContaining({
        code: "UNKNOWN_REPOSITORY",
        message: 'there is no repository "lokal": did you mean "local"?',
      }),
    );
  });
});

describe("labels of several containers", () => {
  it("agree on the strongest way of keeping still", async () => {
    const ways = ["none", "pause", "stop"].map((w) => container(w, { "stackhold.quiesce": w }));
    expect(effectivePolicy(await loadText(""), "wp", ways).value.quiesce).toBe("stop");
  });

  it("keep a stop timeout to their container, a flag aside", async () => {
    const loaded = await loadText("backup: {stop_timeout: 20}");
    const both = [container("db", { "stackhold.stop-timeout": "2m" }), container("web")];
    const { value } = effectivePolicy(loaded, "wp", both);
    expect(["db", "web"].map((name) => stopTimeoutOf(value, name))).toEqual([120, 20]);
    const flagged = effectivePolicy(loaded, "wp", both, { stopTimeout: 5 }).value;
    expect(["db", "web"].map((name) => stopTimeoutOf(flagged, name))).toEqual([5, 5]);
  });

  it("leave out the unit only when all say so", async () => {
    const loaded = await loadText("");
    const off = container("cache", { "stackhold.enable": "false" });
    const some = effectivePolicy(loaded, "wp", [off, container("db")]).value;
    expect([some.enable, some.containers]).toEqual([true, { cache: { enable: false } }]);
    expect(effectivePolicy(loaded, "wp", [off]).value.enable).toBe(false);
  });
});

it("does not take a unit's name for something else", async () => {
  expect(effectivePolicy(await loadText(""), "constructor").value.quiesce).toBe("stop");
});
