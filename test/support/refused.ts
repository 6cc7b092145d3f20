import { expect } from "vitest";
import type { StackAtWork } from "./stack-at-work.ts";
import type { Finished } from "./stackhold.ts";

export interface Refusal {
  readonly exit: number;
  readonly code: string;
  /** What the message says. */
  readonly says: string | RegExp;
  /** What the hint says. */
  readonly hint: string | RegExp;
}

const classes = ["user", "environment", "transient", "partial", "bug"];
const unreadable = /\bundefined\b|\bnull\b|\bNaN\b|\[object |^\s+at .*:\d+:\d+|node:internal/m;

interface ErrorText {
  readonly code: string;
  readonly class: string;
  readonly message: string;
  readonly hint: string;
}

function expectError(error: ErrorText, refusal: Refusal): void {
  expect(error).toMatchObject({ code: refusal.code, class: expect.any(String) });
  expect(classes).toContain(error.class);
  expect(error.message).toMatch(refusal.says);
  expect(error.hint).toMatch(refusal.hint);
  for (const text of [error.message, error.hint]) expect(text).not.toMatch(unreadable);
}

/**
 * A run with `--json` that could not begin: stdout is one error document, stderr says the same to
 * people.
 */
export function expectRefused(done: Finished, refusal: Refusal): void {
  expect(`${done.code} ${done.stdout}`).toMatch(new RegExp(`^${refusal.exit} `));
  const document = done.json();
  expect(Object.keys(document)).toEqual(["error"]);
  expectError(document.error, refusal);
  expect(done.stderr).toContain(`error: ${document.error.message}`);
  expect(done.stderr).toContain(`hint: ${document.error.hint}`);
  expect(done.stderr).not.toMatch(unreadable);
}

/** A run with `--json` that has a result, in which its one unit failed for this reason. */
export function expectUnitFailed(done: Finished, refusal: Refusal): void {
  expect(`${done.code} ${done.stdout}`).toMatch(new RegExp(`^${refusal.exit} `));
  const { status, units } = done.json();
  expect(status).toBe("failed");
  expect(units).toHaveLength(1);
  expect(units[0].status).toBe("failed");
  expectError(units[0].error, refusal);
  expect(done.stderr).toContain(`[ERROR] ${units[0].unit}: ${units[0].error.message}`);
  expect(done.stderr).not.toMatch(unreadable);
}

/** The stack ran on all the while: same containers, same start times, same states. */
export async function untouched<T>(
  at: Pick<StackAtWork, "look">,
  work: () => Promise<T>,
): Promise<T> {
  const before = await at.look();
  const result = await work();
  expect(await at.look()).toEqual(before);
  return result;
}
