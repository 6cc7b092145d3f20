import { expect, it } from "vitest";
import { outputLines } from "./output-lines.ts";

function linesOf(...chunks: (string | Uint8Array)[]): string[] {
  const lines: string[] = [];
  const stream = outputLines((line) => lines.push(line))();
  for (const chunk of chunks) {
    stream.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  }
  stream.end();
  return lines;
}

it("cuts at line ends, wherever the chunks end", () => {
  expect(linesOf("a\nb", "c\r\n\nd")).toEqual(["a", "bc", "", "d"]);
  expect(linesOf(Uint8Array.of(0xc3), Uint8Array.of(0xbc, 10))).toEqual(["ü"]);
  expect(linesOf()).toEqual([]);
});

it("cuts lines that are too long, and keeps no more of them", () => {
  const [line = "", next] = linesOf("x".repeat(5000), "y".repeat(5000), "\nz\n");
  expect(line).toBe("x".repeat(4096));
  expect(next).toBe("z");
});

it("leaves out what is too much, and says so once", () => {
  const lines = linesOf("x\n".repeat(20_000));
  expect(lines).toHaveLength(10_001);
  expect(lines.at(-1)).toContain("the rest is left out");
});
