import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Locks } from "./locks.ts";

export interface LocksUnderTest {
  readonly locks: Locks;
  cleanUp(): Promise<void>;
}

/** What every Locks does, whoever implements it. Processes that die are the adapter's own test. */
export function locksContract(make: () => Promise<LocksUnderTest>): void {
  describe("locks", () => {
    let subject: LocksUnderTest;
    let locks: Locks;
    beforeEach(async () => {
      subject = await make();
      locks = subject.locks;
    });
    afterEach(() => subject.cleanUp());

    it("refuses a second holder, naming the first", async () => {
      await using _lock = await locks.acquire("unit/wp", "run", "backup of wp");
      await expect(locks.acquire("unit/wp", "run", "restore of wp")).rejects.toMatchObject({
        code: "LOCKED",
        message: expect.stringMatching(/backup of wp, process \d+, since /),
        hint: expect.any(String),
      });
      expect(await locks.tryAcquire("unit/wp", "run", "restore of wp")).toBeUndefined();
    });

    it("keeps names apart, odd ones too", async () => {
      await using _a = await locks.acquire("unit/a", "run", "a");
      await using _b = await locks.acquire("unit/../a", "run", "b");
      await using _c = await locks.acquire("repository/a", "run", "c");
      expect((await locks.holder("unit/../a"))?.what).toBe("b");
    });

    it("keeps long names apart that begin alike", async () => {
      const long = `unit/${"x".repeat(250)}`;
      await using _a = await locks.acquire(`${long}a`, "run", "a");
      await using _b = await locks.acquire(`${long}b`, "run", "b");
      expect((await locks.holder(`${long}a`))?.what).toBe("a");
    });

    it("is free after release, which may be repeated and frees nobody else's", async () => {
      const first = await locks.acquire("unit/wp", "run", "first");
      await first.release();
      expect(await locks.holder("unit/wp")).toBeUndefined();
      await using second = await locks.acquire("unit/wp", "run", "second");
      await first.release();
      expect(second.name).toBe("unit/wp");
      expect(await locks.tryAcquire("unit/wp", "run", "third")).toBeUndefined();
    });

    it("tells the holder with role, process and time", async () => {
      await using _lock = await locks.acquire("unit/wp", "recovery", "recovery of wp");
      expect(await locks.holder("unit/wp")).toEqual({
        pid: process.pid,
        role: "recovery",
        what: "recovery of wp",
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      });
    });

    it("waits for a recovery", async () => {
      const recovery = await locks.acquire("unit/wp", "recovery", "recovery of wp");
      const waiting = locks.acquire("unit/wp", "run", "backup of wp");
      expect(await Promise.race([waiting, Promise.resolve("waits")])).toBe("waits");
      await recovery.release();
      const lock = await waiting;
      expect((await locks.holder("unit/wp"))?.what).toBe("backup of wp");
      await lock.release();
    });

    it("stops waiting when it is cancelled", async () => {
      await using _recovery = await locks.acquire("unit/wp", "recovery", "recovery of wp");
      const controller = new AbortController();
      const waiting = locks.acquire("unit/wp", "run", "backup", controller.signal);
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
    });
  });
}
