import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import type { EngineAccess } from "../bed/access.ts";

/** Runs a script as somebody without Stackhold; programs in the directory `first` come before others. */
export function byHand(
  script: string,
  { env }: EngineAccess,
  words: readonly string[] = [],
  first?: string,
) {
  const usual = "/usr/sbin:/usr/bin:/sbin:/bin";
  const PATH = first === undefined ? usual : `${first}:${usual}`;
  return spawnSync("sh", [script, ...words], {
    env: { ...env, PATH, HOME: process.env.HOME },
    encoding: "utf8",
  });
}

export function expectDone(done: ReturnType<typeof byHand>): void {
  expect(done.status, `${done.stdout}\n${done.stderr}`).toBe(0);
}
