import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberSecrets, withoutNumbers } from "./numbered-secrets.ts";
import { shownText } from "./shown-text.ts";

const shown = (path: string, text: string) => shownText(path, Buffer.from(text));

describe("what of a project file is shown", () => {
  it.each([
    [".env", "A=1\nDB_PASSWORD=x y", "A=1\nDB_PASSWORD=[secret]"],
    ["web.env", "TOKEN: x", "TOKEN: [secret]"],
    ["a/compose.yaml", "# why\na: {API_KEY: x, b: 2}", 'a:\n  API_KEY: "[secret]"\n  b: 2\n'],
    ["conf/settings.json", '{"auth": "x", "n": 1}', '{\n  "auth": "[secret]",\n  "n": 1\n}\n'],
    [
      "redis.conf",
      "port 1\nrequirepass x\nslaveof u://a:b@c",
      "port 1\n[secret]\nslaveof u://[secret]@c",
    ],
    ["Dockerfile", "FROM a\nENV TOKEN x", "FROM a\n[secret]"],
  ])("of %s", (path, text, wanted) => {
    expect(shown(path, text)).toEqual({ text: wanted });
  });

  it.each([
    ["db_password.txt", "x", "its name tells of a secret"],
    ["tls/key.pem", "x", "its name tells of a secret"],
    ["ssl.conf", "-----BEGIN EC PRIVATE KEY-----\nx", "it holds a private key"],
    ["index.php", "x", "only configuration files are shown"],
    ["compose.yaml", "a: [", "it is not YAML"],
    ["a.json", "{", "it is not JSON"],
    ["a.conf", "\0", "it is not text"],
  ])("nothing of %s", (path, text, why) => {
    expect(shown(path, text)).toEqual({ why });
  });

  it("is never what stands behind a telling name", () => {
    const path = fc.constantFrom(".env", "compose.yml", "a.json", "my.ini", "run.sh", "x.toml");
    const name = fc.constantFrom("DB_PASS", "apiKey", "auth_token", "MY_SECRET");
    const value = fc.stringMatching(/^[a-z0-9 /.-]{8,30}$/).map((text) => `q${text.trim()}q`);
    const form = fc.constantFrom(
      (n: string, v: string) => `${n}=${v}`,
      (n: string, v: string) => `${n}: ${v}`,
      (n: string, v: string) => `${n} ${v}`,
      (n: string, v: string) => JSON.stringify({ a: [{ [n]: v }], [n]: [v] }),
      (n: string, v: string) => `services:\n  a:\n    environment:\n      - ${n}=${v}\n      - B=c`,
      (n: string, v: string) => `x:\n  ${n}: |\n    ${v}\n`,
    );
    fc.assert(
      fc.property(path, name, value, form, (file, key, secret, write) => {
        const text = write(key, secret);
        const isParsed = /\.(ya?ml|json)$/.test(file);
        // Where values may stand on further lines, all of it must be understood.
        fc.pre(isParsed || !text.includes("|\n"));
        fc.pre((!isParsed && file !== ".env") || /[=:]/.test(text));
        const found = shown(file, text);
        expect("text" in found ? found.text : "").not.toContain(secret);
        const numbered = shownText(file, Buffer.from(text), numberSecrets());
        expect("text" in numbered ? withoutNumbers(numbered.text) : "").toBe(
          "text" in found ? found.text : "",
        );
      }),
    );
  });
});
