import { inspect } from "node:util";
import { expect, it } from "vitest";
import { secretOf } from "./secret.ts";

it("shows a secret only to who asks for it", () => {
  const secret = secretOf("hunter2");
  expect(secret.reveal()).toBe("hunter2");
  const shown = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect({ secret })];
  for (const text of shown) {
    expect(text).toContain("[secret]");
    expect(text).not.toContain("hunter2");
  }
});
