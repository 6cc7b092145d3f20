import { expect, it } from "vitest";
import { knownSecrets, withoutKnown } from "./known-secrets.ts";

it("are taken out of a sentence that does not name them", () => {
  const document = {
    Env: [
      "DB_PASSWORD=abcdef-1",
      "URL=redis://:pass-word@h",
      "PRIVATE_KEY=first line\nsecond line",
      "API=no",
    ],
  };
  const secrets = knownSecrets([{ document }]);
  const said = 'line 2: abcdef-1 in ":pass-word" and second line, no more';
  expect(withoutKnown(said, secrets)).toBe('line 2: [secret] in "[secret]" and [secret], no more');
});
