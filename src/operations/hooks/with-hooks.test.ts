import { beforeEach, expect, it } from "vitest";
import type { HookCommand, HookPlan } from "../../domain/hooks.ts";
import { StackholdError } from "../../errors.ts";
import type { HookRun } from "../../ports/hooks.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { Context, Deps } from "../context.ts";
import { nothingStopped } from "../outage/plan-outage.ts";
import { journalEntry } from "../outage/quiesce.ts";
import { type Hooked, withHooks } from "./with-hooks.ts";

const plan: HookPlan = {
  begin: [{ hook: "pre_backup", argv: ["begin"] }],
  freeze: [{ hook: "pre_freeze", argv: ["freeze"] }],
  post: [
    { hook: "post_freeze", argv: ["thaw"] },
    { hook: "post_backup", argv: ["end"] },
  ],
  skipped: [],
  limit: 300,
};

const journal = new Map<string, JournalEntry>();
let ran: string[] = [];
let failing: string[] = [];
let guards = 0;

const deps = {
  clock: { now: () => new Date(0), monotonic: () => 0 },
  settings: { pid: 1 },
  hooks: {
    run: async ([name]: HookCommand, { environment }: HookRun) => {
      const { STACKHOLD_STATUS: status = "-" } = environment;
      ran.push(`${name} ${status}`);
      return { code: failing.includes(name) ? 1 : 0 };
    },
  },
  journal: {
    read: async (unit: string) => journal.get(unit),
    write: async (entry: JournalEntry) => void journal.set(entry.unit, entry),
    close: async (unit: string) => void journal.delete(unit),
  },
  guard: {
    arm: async () => {
      guards += 1;
      return {
        beat: () => {},
        dismiss: async () => {
          guards -= 1;
        },
      };
    },
  },
} as unknown as Deps;

const context: Context = { runId: "run", signal: new AbortController().signal, emit: () => {} };
const warnings: string[] = [];

function around<T>(work: (hooked: Hooked) => Promise<T>, chosen = plan): Promise<T> {
  const run = {
    plan: chosen,
    unit: "shop",
    backupId: "id",
    operation: "backup",
    ready: async () => void ran.push("ready"),
    onWarning: (message: string) => void warnings.push(message),
  } as const;
  return withHooks(run, deps, context, work);
}

const entry = () =>
  journalEntry({ plan: nothingStopped("shop"), operation: "backup" }, deps, context);
const container = {
  id: "c",
  name: "web",
  number: 1,
  stopTimeout: 1,
  rank: 0,
  follower: false,
  start: true,
};

beforeEach(() => {
  journal.clear();
  ran = [];
  failing = [];
  guards = 0;
  warnings.length = 0;
});

it("keeps what is due in the journal, whatever the work writes and closes, until it has run", async () => {
  const due = () => journal.get("shop")?.hooks?.post.map(({ hook }) => hook);
  await around(async ({ deps: inner, begin, freeze, post }) => {
    const wanted = ["post_freeze", "post_backup"];
    expect(due()).toEqual(wanted);
    await begin();
    await freeze();
    await inner.journal.write({ ...entry(), containers: [container] });
    expect(journal.get("shop")?.containers).toHaveLength(1);
    expect(due()).toEqual(wanted);
    await inner.journal.close("shop");
    expect(await inner.journal.read("shop")).toBeUndefined();
    expect(journal.get("shop")?.containers).toEqual([]);
    expect(due()).toEqual(wanted);
    expect(guards).toBe(1);
    await post("succeeded", true);
  });
  expect(ran).toEqual(["begin -", "freeze -", "ready", "thaw succeeded", "end succeeded"]);
  expect([journal.size, guards]).toEqual([0, 0]);
});

it("runs them once, with every end of the work", async () => {
  failing = ["freeze", "thaw"];
  await expect(around(({ freeze }) => freeze())).rejects.toMatchObject({ code: "HOOK_FAILED" });
  expect(ran).toEqual(["freeze -", "ready", "thaw failed", "end failed"]);
  expect(warnings).toEqual(["post_freeze: thaw ended with exit code 1"]);
  ran = [];
  const late = around(async ({ post }) => {
    await post("succeeded", true);
    throw new Error("no space");
  });
  await expect(late).rejects.toThrow("no space");
  expect(ran).toEqual(["ready", "thaw succeeded", "end warning"]);
  expect(journal.size).toBe(0);
});

it("leaves those that failed in the journal of a unit that does not start", async () => {
  failing = ["thaw"];
  const down = around(async ({ deps: inner }) => {
    await inner.journal.write({ ...entry(), containers: [container] });
    throw new StackholdError("LEFT_DOWN", "shop is not running again");
  });
  await expect(down).rejects.toMatchObject({ code: "LEFT_DOWN" });
  expect(ran).toEqual(["thaw failed", "end failed"]);
  const left = journal.get("shop");
  expect(left?.containers).toEqual([container]);
  expect(left?.hooks?.post).toEqual([{ hook: "post_freeze", argv: ["thaw"] }]);

  ran = [];
  failing = [];
  const restored = around(
    async ({ deps: inner, post }) => {
      await inner.journal.close("shop");
      return post("succeeded", true);
    },
    { ...plan, post: [] },
  );
  expect(await restored).toEqual([]);
  expect(ran).toEqual(["ready", "thaw succeeded"]);
  expect(journal.size).toBe(0);
});

it("needs neither journal nor guard where nothing is due afterwards", async () => {
  await around(
    async ({ begin }) => {
      await begin();
      expect([journal.size, guards]).toEqual([0, 0]);
    },
    { ...plan, post: [] },
  );
});
