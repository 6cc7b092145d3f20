import { expect, it } from "vitest";
import type { Decision } from "../app.ts";
import { chosenNetworks, networksWay, refuseNetworks } from "./network-choice.ts";

const conflict = (name: string) => ({ name, differences: ["label a"], others: [] });

function app(isTerminal: boolean, answers: Decision[]) {
  const asked: string[] = [];
  const decide = async (question: string) => {
    asked.push(question);
    return answers.shift() ?? "quit";
  };
  return { isTerminal, decide, asked };
}

it("asks on a terminal unless somebody said yes to everything, and keeps elsewhere", () => {
  expect(networksWay(undefined, { isTerminal: true, yes: false })).toBe("ask");
  expect(networksWay(undefined, { isTerminal: true, yes: true })).toBe("keep");
  expect(networksWay(undefined, { isTerminal: false, yes: false })).toBe("keep");
  expect(networksWay("recreate", { isTerminal: true, yes: false })).toBe("recreate");
  expect(networksWay("ask", { isTerminal: true, yes: true })).toBe("ask");
});

it("asks for each network, and names who leaves it", async () => {
  const at = app(true, ["yes", "no"]);
  const conflicts = [{ ...conflict("a"), others: ["web-1", "db-1"] }, conflict("b")];
  expect(await chosenNetworks(conflicts, at)).toEqual(["a"]);
  expect(at.asked).toEqual([
    "The network a is not as it was: label a. web-1, db-1 would leave it for a moment and come back. Make it anew?",
    "The network b is not as it was: label a. Make it anew?",
  ]);
});

it("ends with the first quit", async () => {
  const at = app(true, ["yes", "quit"]);
  const conflicts = ["a", "b", "c"].map(conflict);
  await expect(chosenNetworks(conflicts, at)).rejects.toMatchObject({ code: "CANCELLED" });
  expect(at.asked).toHaveLength(2);
});

it("asks nobody off a terminal: it needs an answer only where there is a question", async () => {
  const required = { code: "CONFIRMATION_REQUIRED", message: expect.stringContaining("a") };
  await expect(chosenNetworks([conflict("a")], app(false, []))).rejects.toMatchObject(required);
  expect(await chosenNetworks([], app(false, []))).toEqual([]);
});

it("refuses an answer to a question that no such restore asks", () => {
  for (const [to, hasParts] of [
    ["directory", false],
    ["project", false],
    ["in-place", true],
  ] as const) {
    expect(() => refuseNetworks("keep", to, hasParts)).toThrow(
      /--networks is for restores in place/,
    );
    expect(() => refuseNetworks(undefined, to, hasParts)).not.toThrow();
  }
  expect(() => refuseNetworks("keep", "in-place", false)).not.toThrow();
});
