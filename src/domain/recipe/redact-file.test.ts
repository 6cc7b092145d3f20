import { expect, it } from "vitest";
import { redactFile } from "./redact-file.ts";

it("keeps the names of an environment file, its comments and what is no secret", () => {
  const text = [
    "# DB_PASSWORD=old",
    "export DB_PASSWORD = 'one",
    "two' # why",
    'API_KEY="a\\"b"',
    "TOKEN: plain text",
    "EMPTY_SECRET=",
    "URL=redis://:p@h",
    "NAME='shop'",
  ].join("\n");
  expect(redactFile(text, "environment")?.split("\n")).toEqual([
    "# DB_PASSWORD=[secret]",
    "export DB_PASSWORD = [secret] # why",
    "API_KEY=[secret]",
    "TOKEN: [secret]",
    "EMPTY_SECRET=",
    "URL=redis://[secret]@h",
    "NAME='shop'",
  ]);
});

it("keeps what a compose file says, without secrets and comments", () => {
  const text = "# PASSWORD\nservices: {api: {environment: [A=b, DB_PASSWORD=x]}}";
  expect(redactFile(text, "compose")).toBe(
    "services:\n  api:\n    environment:\n      - A=b\n      - DB_PASSWORD=[secret]\n",
  );
  expect(redactFile("{", "compose")).toBeUndefined();
});

it("keeps configs, and nothing of a secret's own file", () => {
  expect(redactFile("x", "config")).toBe("x");
  expect(redactFile("x", "secret")).toBeUndefined();
});
