import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createScrubber } from "./scrubber.ts";

function withSecrets(...secrets: string[]) {
  const scrubber = createScrubber();
  for (const secret of secrets) scrubber.register(secret);
  return scrubber;
}

describe("the scrubber", () => {
  it("blanks a secret in nested results and leaves the rest", () => {
    const result = {
      units: [{ error: "login with hunter22 failed", bytes: 3, ok: true, at: null }],
    };
    expect(withSecrets("hunter22").scrub(result)).toEqual({
      units: [{ error: "login with *** failed", bytes: 3, ok: true, at: null }],
    });
  });

  it("ignores secrets shorter than four characters", () => {
    expect(withSecrets("abc", "").scrub("abcdef")).toBe("abcdef");
  });

  it("keeps the names of fields even when a password equals one", () => {
    expect(withSecrets("unit").scrub({ unit: "unit", "https://u:unit@h": 1 })).toEqual({
      unit: "***",
      "https://u:***@h": 1,
    });
  });

  it("leaves a word of a phrase that everybody knows, and blanks it anywhere else in the same text", () => {
    const scrubber = createScrubber(["the password is wrong", "run again"]);
    for (const secret of ["password", "wrong", "again", "the password is wrong"])
      scrubber.register(secret);
    expect(scrubber.scrub("offsite: tried password, the password is wrong: run again")).toBe(
      "offsite: tried ***, ***: run ***",
    );
    const word = createScrubber(["the password is wrong"]);
    word.register("password");
    expect(word.scrub("offsite: tried password, the password is wrong")).toBe(
      "offsite: tried ***, the password is wrong",
    );
    expect(word.scrub("the password is wrongpassword, the password was wrong")).toBe(
      "the password is wrong***, the *** was wrong",
    );
  });

  it("blanks secrets that overlap as one", () => {
    expect(withSecrets("abcd1234", "1234efgh").scrub("x abcd1234efgh y abcd1234 z")).toBe(
      "x *** y *** z",
    );
  });

  it("reaches into errors and values with a JSON form", () => {
    const scrubber = withSecrets("hunter22");
    expect(scrubber.scrub({ e: new Error("no hunter22"), d: new Date(0) })).toEqual({
      e: { name: "Error", message: "no ***" },
      d: "1970-01-01T00:00:00.000Z",
    });
  });

  it("knows the URL form, in either case of the digits", () => {
    const scrubber = withSecrets("p/ä s+w!");
    for (const form of ["p%2F%C3%A4%20s%2Bw!", "p%2f%c3%a4%20s%2bw%21", "p%2F%C3%A4+s%2Bw%21"]) {
      expect(scrubber.scrub(`https://u:${form}@h/`)).toBe("https://u:***@h/");
    }
  });

  it("knows a key's lines, and the quoted form", () => {
    const scrubber = withSecrets("line-one-of-the-key\nline-two-of-the-key\n", 'qu"oted\\');
    expect(scrubber.scrub("saw line-two-of-the-key")).toBe("saw ***");
    expect(scrubber.scrub(JSON.stringify({ a: 'qu"oted\\' }))).toBe('{"a":"***"}');
  });

  it("leaves nothing of any secret in any base64 around it", () => {
    const word = fc.string({ minLength: 8, maxLength: 24, unit: "grapheme-ascii" });
    fc.assert(
      fc.property(word, fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (s, a, b) => {
        const secret = `S${s.trim()}ecret`;
        const encoded = Buffer.from(a + secret + b).toString("base64");
        const left = withSecrets(secret).scrub(`Authorization: Basic ${encoded}`);
        const kept = left.replace("Authorization: Basic ", "").split("***");
        expect(kept.length).toBe(2);
        const revealed = kept.join("").replaceAll("=", "").length;
        expect(revealed).toBeLessThanOrEqual(Math.ceil((Buffer.byteLength(a + b) * 4) / 3) + 4);
      }),
    );
  });
});
