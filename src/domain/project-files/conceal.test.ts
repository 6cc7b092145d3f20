import { expect, it } from "vitest";
import { shownText } from "./shown-text.ts";

const shown = (path: string, text: string) => {
  const found = shownText(path, Buffer.from(text));
  return "text" in found ? found.text : "";
};

it.each([
  ["a.yaml", "password: {value: hunter2}"],
  ["a.yaml", "x-app:\n  secret:\n    current: hunter2"],
  ["a.json", '{"nested": {"secret": {"v": "hunter2"}}}'],
  ["a.yaml", "env:\n  - name: DB_PASSWORD\n    value: hunter2"],
  ["a.yaml", "command: mysql -phunter2 shop"],
  ["a.yaml", "test: [CMD, curl, -u, 'me:hunter2', 'http://x']"],
  ["a.yaml", "test: curl -u me:hunter2 http://x"],
  ["a.yaml", "auth: {basic: hunter2}"],
  ["a.yaml", "users: [{name: x, hash: hunter2}]"],
  [".env", "MYSQL_PWD=hunter2"],
  [".env", "JWT=hunter2"],
  [".env", "URL=u:hunter2@tcp(h)/x"],
  [".env", "SMTP_LOGIN=me:hunter2"],
  [".env", "# the old password was hunter2\nA=1"],
  [".env", "A=1 # pw hunter2"],
  [".env", 'A="-----BEGIN RSA PRIVATE\nhunter2\n-----END"'],
  ["my.ini", "pwd = hunter2"],
])("nothing of a secret is shown of %s: %s", (path, text) => {
  expect(shown(path, text)).not.toContain("hunter2");
});

it("services may be called as secrets are", () => {
  const text = "services:\n  api:\n    image: shop:1\n  keycloak:\n    image: kc:2\n";
  expect(shown("compose.yaml", text)).toBe(text);
});
