import { expect, it } from "vitest";
import { fileDifference } from "./file-difference.ts";

const difference = (path: string, now: string, then: string) =>
  fileDifference(path, Buffer.from(now), Buffer.from(then));

it("goes from what is there to what the point has", () => {
  const now = "A=1\nB=2\nC=3\nD=4\nE=5\nPASSWORD=x\n";
  expect(difference(".env", now, now.replace("B=2", "B=9").replace("=x", "=y"))).toEqual({
    path: ".env",
    diff: [
      "--- .env (now)",
      "+++ .env (point)",
      "@@ -1,4 +1,4 @@",
      " A=1",
      "-B=2",
      "+B=9",
      " C=3",
      " D=4",
    ],
  });
});

it("says why where there is none", () => {
  const why = (path: string, now: string, then: string) => {
    const found = difference(path, now, then);
    return "why" in found ? found.why : found.diff;
  };
  expect(why(".env", "PASSWORD=x", "PASSWORD=y")).toBe("only in what is not shown of it");
  expect(why("a.yaml", "a: 1 # now", "a: 1 # then")).toBe("only in what is not shown of it");
  expect(why("a.php", "1", "2")).toBe("only configuration files are shown");
  expect(why("a.yaml", "a: 1", "a: [")).toBe("it is not YAML");
  const many = (first: number) => Array.from({ length: 2000 }, (_, i) => first + i * 7).join("\n");
  expect(why("a.conf", many(0), many(3))).toBe("in too much to show");
});

it("is cut where nobody would read on", () => {
  const lines = (text: string) => Array.from({ length: 100 }, (_, i) => `${text} ${i}`).join("\n");
  const found = difference("a.conf", lines("one"), lines("two"));
  const diff = "diff" in found ? found.diff : [];
  expect([diff.length, diff.at(-1)]).toEqual([61, "… 145 more lines"]);
});
