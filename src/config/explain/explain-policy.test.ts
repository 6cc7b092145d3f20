import { expect, it } from "vitest";
import { loadText } from "../../testing/config-text.ts";
import { effectivePolicy } from "../policy.ts";
import { backupSchema } from "../schema/backup.ts";
import { explainPolicy, isOwn } from "./explain-policy.ts";
import type { ExplainedValue } from "./explained.ts";

const container = (service: string, labels: Record<string, string> = {}, number = 1) => ({
  name: `shop-${service}-${number}`,
  labels: { "com.docker.compose.service": service, ...labels },
});
const shop = { name: "shop", containers: [container("db"), container("web")], volumes: [] };

const of = (values: readonly ExplainedValue[], key: string) =>
  values.filter((value) => value.key === key).map(({ key: _, ...rest }) => rest);

it("has every key of `backup`, all by default where nobody says anything", async () => {
  const values = explainPolicy(await loadText(""), shop);
  const keys = new Set(values.map(({ key }) => key.split(".")[0]));
  const others = ["enable", "include_data", "skip_stop", "retention", "accept"];
  expect([...keys].sort()).toEqual([...Object.keys(backupSchema.shape), ...others].sort());
  expect(new Set(values.map(({ source }) => source))).toEqual(new Set(["default"]));
  expect(values.filter(isOwn)).toEqual([]);
  expect(of(values, "stop_timeout")).toEqual([{ value: null, source: "default" }]);
  expect(of(values, "max_age")).toEqual([{ value: "26h", source: "default" }]);
});

it("names the place of each value: label, unit, variable, global block", async () => {
  const text = `
backup: {scope: full, stop_timeout: 90, freeze: none}
units: {shop: {scope: minimal, stop_timeout: null, accept: ["volume:cache"]}}
skip_stop: [shop]`;
  const loaded = await loadText(text, { STACKHOLD_BACKUP_FREEZE: "auto" });
  const labels = { "stackhold.quiesce": "pause" };
  const containers = [container("db", labels), container("web", { "stackhold.quiesce": "none" })];
  const values = explainPolicy(loaded, { ...shop, containers });
  const unit = (path: string) => ({ source: "unit", path: `units.shop.${path}` });
  expect(of(values, "scope")).toEqual([{ value: "minimal", ...unit("scope") }]);
  expect(of(values, "stop_timeout")).toEqual([{ value: null, ...unit("stop_timeout") }]);
  expect(of(values, "accept")).toEqual([{ value: ["volume:cache"], ...unit("accept") }]);
  expect(of(values, "freeze")).toEqual([
    { value: "auto", source: "environment", variable: "STACKHOLD_BACKUP_FREEZE" },
  ]);
  expect(of(values, "skip_stop")).toEqual([{ value: true, source: "global", path: "skip_stop" }]);
  const label = (service: string) => ({
    source: "label",
    label: "stackhold.quiesce",
    services: [service],
  });
  expect(of(values, "quiesce")).toEqual([
    { value: "pause", ...label("db") },
    { of: "service:web", value: "none", overruled: true, ...label("web") },
  ]);
  const own = values.filter(isOwn).map(({ key }) => key);
  expect(own).toEqual(["scope", "quiesce", "quiesce", "stop_timeout", "skip_stop", "accept"]);
  const global = explainPolicy(loaded);
  expect(of(global, "scope")).toEqual([{ value: "full", source: "global", path: "backup.scope" }]);
  expect(of(global, "stop_timeout")).toMatchObject([{ value: "90s", source: "global" }]);
  expect(of(global, "skip_stop")).toMatchObject([{ value: ["shop"] }]);
  expect(of(global, "accept")).toEqual([]);
});

it("has each exclude with who asked for it, and those of volumes apart", async () => {
  const loaded = await loadText("backup: {exclude: [a]}\nunits: {shop: {exclude: [b, a]}}");
  const labels = { "stackhold.exclude": "c, b" };
  const containers = [container("db", labels), container("db", labels, 2)];
  const volumes = [
    { name: "shop_data", labels: { "stackhold.exclude": "tmp/" } },
    { name: "shop_cache", labels: { "stackhold.enable": "false" } },
  ];
  const values = explainPolicy(loaded, { name: "shop", containers, volumes });
  const label = { source: "label", label: "stackhold.exclude" };
  expect(of(values, "exclude")).toEqual([
    {
      value: ["a", "b", "c"],
      ...label,
      services: ["db"],
      entries: [
        { value: "a", source: "global", path: "backup.exclude" },
        { value: "b", source: "unit", path: "units.shop.exclude" },
        { value: "c", ...label, services: ["db"] },
      ],
    },
    { of: "volume:shop_data", value: ["tmp/"], ...label, volume: "shop_data" },
  ]);
  expect(of(values, "enable")).toMatchObject([
    { value: true, source: "default" },
    { of: "volume:shop_cache", value: false, volume: "shop_cache" },
  ]);
  const { value } = effectivePolicy(loaded, "shop", containers);
  expect(value.exclude.map(({ pattern }) => pattern)).toEqual(["a", "b", "c"]);
});

it("has what labels set for services alone, and each hook, without their secrets", async () => {
  const text = `
backup: {hooks: {pre_backup: [/opt/x, --token, hunter2], post_backup: /opt/y}}
units: {shop: {hooks: {post_backup: null, pre_restore: /opt/z}}}`;
  const labels = {
    "stackhold.exec.pre": "PGPASSWORD=hunter2 pg_dump shop",
    "stackhold.stop-timeout": "120",
    "stackhold.enable": "false",
  };
  const containers = [container("db", labels), container("web")];
  const values = explainPolicy(await loadText(text), { ...shop, containers });
  expect(JSON.stringify(values)).not.toContain("hunter2");
  expect(of(values, "hooks.pre_backup")).toEqual([
    {
      value: ["/opt/x", "--token", "[secret]"],
      source: "global",
      path: "backup.hooks.pre_backup",
    },
  ]);
  expect(of(values, "hooks.post_backup")).toMatchObject([{ value: null, source: "unit" }]);
  expect(of(values, "hooks.pre_restore")).toMatchObject([{ value: ["/opt/z"], source: "unit" }]);
  const own = values.filter(({ of: what }) => what === "service:db");
  expect(own.map(({ key, value, label }) => [key, value, label])).toEqual([
    ["enable", false, "stackhold.enable"],
    ["stop_timeout", "2m", "stackhold.stop-timeout"],
    ["exec.pre", "PGPASSWORD=[secret] pg_dump shop", "stackhold.exec.pre"],
  ]);
});

it("has the block that decides how long points are kept, also of a repository", async () => {
  const text = `
retention: {daily: 7}
repositories:
  local: {type: archive, path: /a}
  usb: {type: archive, path: /b, retention: {weekly: 4}}
units: {shop: {retention: {days: 3}, repositories: [usb]}}`;
  const loaded = await loadText(text);
  const kept = (values: readonly ExplainedValue[]) =>
    values
      .filter(({ key }) => key.startsWith("retention"))
      .map(({ key, value, path, of: where }) => [key, value, path, where]);
  const usb = ["retention.weekly", 4, "repositories.usb.retention.weekly", "repository:usb"];
  const values = explainPolicy(loaded, shop);
  expect(kept(values)).toEqual([
    ["retention.days", 3, "units.shop.retention.days", undefined],
    usb,
  ]);
  expect(of(values, "repositories")).toMatchObject([{ value: ["usb"], source: "unit" }]);
  expect(kept(explainPolicy(loaded))).toEqual([
    ["retention.daily", 7, "retention.daily", undefined],
    usb,
  ]);
  const all = of(explainPolicy(loaded), "repositories");
  expect(all).toEqual([{ value: ["local", "usb"], source: "global", path: "repositories" }]);
  const varied = await loadText("", { STACKHOLD_RETENTION_DAYS: "9" });
  expect(of(explainPolicy(varied, shop), "retention.days")).toEqual([
    { value: 9, source: "environment", variable: "STACKHOLD_RETENTION_DAYS" },
  ]);
});

it("refuses a label that cannot be read, as a backup does", async () => {
  const containers = [container("db", { "stackhold.quiesce": "soon" })];
  const loaded = await loadText("");
  expect(() => explainPolicy(loaded, { ...shop, containers })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});
