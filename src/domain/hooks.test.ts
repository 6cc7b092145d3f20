import { expect, it } from "vitest";
import { backupHooks, hookEnvironment, hooksOf, hookText, restoreHooks } from "./hooks.ts";

const member = (name: string, more: object = {}) => ({
  id: `id-${name}`,
  name,
  number: 1,
  state: "running" as const,
  oneOff: false,
  ...more,
});

const hooks = {
  pre_backup: ["/a"],
  pre_freeze: ["/b", "on"],
  post_freeze: ["/b", "off"],
  post_backup: ["/c"],
  pre_restore: ["/d"],
  post_restore: ["/e"],
} as const;

it("has the hooks of a backup in their order, those of labels within", () => {
  const both = { enable: true, execPre: "dump", execPost: "clean" };
  const containers = { "s-web-1": both, "s-db-1": both };
  const members = [member("s-web-1", { service: "web" }), member("s-db-1", { service: "db" })];
  const plan = backupHooks({ hooks, hookTimeout: 300, containers }, members);
  expect(hooksOf(plan).map(hookText)).toEqual([
    "pre_backup: /a",
    "exec.pre in s-db-1: dump",
    "exec.pre in s-web-1: dump",
    "pre_freeze: /b on",
    "post_freeze: /b off",
    "exec.post in s-db-1: clean",
    "exec.post in s-web-1: clean",
    "post_backup: /c",
  ]);
  expect(plan.begin.map(hookText)).toEqual(["pre_backup: /a"]);
  expect(plan.post).toHaveLength(4);
});

it("runs a label once a service, in its first container that runs, and says where none does", () => {
  const of = { enable: true, execPre: "dump" };
  const containers = { "s-a-1": of, "s-a-2": of, "s-a-3": of, "s-b-1": of, "s-job-1": of };
  const members = [
    member("s-a-3", { service: "a", number: 3 }),
    member("s-a-1", { service: "a", state: "paused" }),
    member("s-a-2", { service: "a", number: 2 }),
    member("s-b-1", { service: "b", state: "exited" }),
    member("s-job-1", { service: "job", oneOff: true }),
  ];
  const plan = backupHooks({ hooks: {}, hookTimeout: 1, containers }, members);
  expect(plan.freeze.map(hookText)).toEqual(["exec.pre in s-a-2: dump"]);
  expect(plan.skipped).toEqual(["exec.pre of b is left out: it is not running"]);
});

it("has the two hooks of a restore", () => {
  const plan = restoreHooks({ hooks, hookTimeout: 5 });
  expect(hooksOf(plan).map(hookText)).toEqual(["pre_restore: /d", "post_restore: /e"]);
});

it("tells a hook what it needs to know, by the names of Kopi-Docka too", () => {
  const hook = { hook: "post_freeze", argv: ["/b"] } as const;
  const facts = { unit: "shop", backupId: "2026-11-20T02-00-00Z" };
  expect(hookEnvironment(hook, { ...facts, status: "warning" })).toEqual({
    STACKHOLD_HOOK: "post_freeze",
    STACKHOLD_UNIT: "shop",
    STACKHOLD_BACKUP_ID: "2026-11-20T02-00-00Z",
    STACKHOLD_STATUS: "warning",
    KOPI_DOCKA_HOOK_TYPE: "post_freeze",
    KOPI_DOCKA_UNIT_NAME: "shop",
  });
  expect(hookEnvironment(hook, facts)).not.toHaveProperty("STACKHOLD_STATUS");
});
