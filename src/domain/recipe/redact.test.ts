import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Json, redact, restoreSecrets } from "./redact.ts";

const shown = (document: Json) => redact(document).document;

describe("redaction", () => {
  it.each([
    [{ DB_PASSWORD: "x" }, { DB_PASSWORD: "[secret]" }],
    [
      { Config: { Env: ["A=b", "api_key=x=y z"] } },
      { Config: { Env: ["A=b", "api_key=[secret]"] } },
    ],
    [{ Labels: { "my.Token": 7, "a.b": "c" } }, { Labels: { "my.Token": "[secret]", "a.b": "c" } }],
    [
      ["--password=a b", "--user=u"],
      ["--password=[secret]", "--user=u"],
    ],
    [
      ["--requirepass", "x", "--port", "1"],
      ["--requirepass", "[secret]", "--port", "1"],
    ],
    [
      ["--auth", "--verbose"],
      ["--auth", "--verbose"],
    ],
    [["postgres://u:p/@w@db:5432/x?a=b"], ["postgres://[secret]@db:5432/x?a=b"]],
    [["https://token@git.example/x"], ["https://[secret]@git.example/x"]],
    [["http://api:8080/@scope", "ghcr.io/o/auth-api:1.2", "api_data:/data"], undefined],
    [["https://h/?q=1&token=x&b=2"], ["https://h/?q=1&token=[secret]&b=2"]],
    [
      ["CMD-SHELL", "curl -H 'Authorization: Bearer abc' -u x && mysqladmin --password q ping"],
      ["CMD-SHELL", "curl -H 'Authorization: [secret] -u x && mysqladmin --password [secret] ping"],
    ],
    [{ JSON: '{"password": "a\\"b", "n": 1}' }, { JSON: '{"password": [secret], "n": 1}' }],
    [{ o: "addr=h,username=u,password=p,vers=3" }, { o: "addr=h,username=u,password=[secret]" }],
    [
      ["sh", "-c", "x --password=it's;me&you "],
      ["sh", "-c", "x --password=[secret] "],
    ],
    [["Server=db;Password=a'b;Port=1"], ["Server=db;Password=[secret];Port=1"]],
    [["JAVA_OPTS=-Dapi.key=x -Da=b"], ["JAVA_OPTS=-Dapi.key=[secret] -Da=b"]],
    [{ args: { GIT_TOKEN: "x", V: "1" } }, { args: { GIT_TOKEN: "[secret]", V: "1" } }],
    [{ API_KEYS: ["a", "b"] }, { API_KEYS: ["[secret]", "[secret]"] }],
    [
      { secrets: { db: { file: "/x", content: "y" } }, services: { api: { secrets: ["db"] } } },
      {
        secrets: { db: { file: "/x", content: "[secret]" } },
        services: { api: { secrets: ["db"] } },
      },
    ],
    [{ PASSWORD: "", TOKEN: null }, undefined],
  ] satisfies [Json, Json | undefined][])("of %j", (document, wanted) => {
    expect(shown(document)).toEqual(wanted ?? document);
    expect(restoreSecrets(redact(document))).toEqual(document);
  });

  it("and what was taken out give the original back, whatever it is", () => {
    const word = fc.constantFrom(
      "PASS",
      "token",
      "Api",
      "--auth",
      "key=",
      "u://a:b@c",
      "~1/",
      "[secret]",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(word, fc.string())).map((all) => all.join("")),
    );
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie("tree")),
        fc.dictionary(text, tie("tree")),
      ),
    }));
    fc.assert(
      fc.property(tree, (document) => {
        expect(restoreSecrets(redact(document))).toEqual(document);
      }),
    );
  });

  it("leaves nothing of a value whose key tells", () => {
    const key = fc.constantFrom(
      "PASSWORD",
      "x-secret",
      "sshKey",
      "Token",
      "API",
      "auth",
      "credentials",
    );
    const secret = fc.stringMatching(/^[a-z0-9 =:@/'"-]{12,40}$/).map((text) => `q${text}q`);
    fc.assert(
      fc.property(key, secret, (name, value) => {
        const places: Json = [{ [name]: value }, `${name}=${value}`, `--${name}`, value];
        expect(JSON.stringify(shown(places))).not.toContain(JSON.stringify(value).slice(1, -1));
      }),
    );
  });

  it("of a long text takes no long time", () => {
    const long = "a.b-".repeat(250_000);
    expect(shown([long, `${long}://`])).toEqual([long, `${long}://`]);
  });
});
