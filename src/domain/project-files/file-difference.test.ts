import { expect, it } from "vitest";
import { fileDifference } from "./file-difference.ts";

const difference = (path: string, now: string, then: string) =>
  fileDifference(path, Buffer.from(now), Buffer.from(then));

it("goes from what is there to what the point has", () => {
  const now = "A=1\nB=2\nC=3\nD=4\nE=5\nPASSWORD=x\n";
  expect(difference(".env", now, now.replace("B=2", "B=9"))).toEqual({
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

it.each([
  [".env", "URL=db://u:x@h\nDB_PASSWORD=x", ["URL=db://[secret]@h", "DB_PASSWORD=[secret]"]],
  ["a.yaml", "url: db://u:x@h\npassword: x", ["url: db://[secret]@h", 'password: "[secret]"']],
  ["a.conf", "url db://u:x@h\nrequirepass x", ["url db://[secret]@h", "[secret]"]],
])("tells of a secret in %s that differs, and not what it is", (path, now, [url, password]) => {
  const then = now.replace("h\n", "i\n").replace(/x$/, "y");
  const found = difference(path, now, then);
  const lines = "diff" in found ? found.diff.filter((line) => /^[+-](?![+-])/.test(line)) : [];
  expect(lines).toEqual([
    `-${url}`,
    `-${password}`,
    `+${url?.replace("@h", "@i")}`,
    `+${password?.replace("]", ", differs]")}`,
  ]);
});

it("says of a secret that is the same, or new, nothing more", () => {
  const found = difference(".env", "A=1\nA_KEY=x", "A=2\nA_KEY=x\nTOKEN=y");
  expect("diff" in found ? found.diff.slice(3) : []).toEqual([
    "-A=1",
    "-A_KEY=[secret]",
    "\\ No newline at end of file",
    "+A=2",
    "+A_KEY=[secret]",
    "+TOKEN=[secret]",
    "\\ No newline at end of file",
  ]);
});

it("says why where there is none", () => {
  const why = (path: string, now: string, then: string) => {
    const found = difference(path, now, then);
    return "why" in found ? found.why : found.diff;
  };
  expect(why(".env", "PASSWORD=x", "PASSWORD=y")).toBe("a secret in it differs");
  expect(why("a.yaml", "auth: {token: 1}", "auth: {token: 2}")).toBe("a secret in it differs");
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
