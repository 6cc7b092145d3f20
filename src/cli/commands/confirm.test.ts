import { expect, it } from "vitest";
import { confirmed } from "./confirm.ts";

const question = "Delete it?";

/** Whether the act went on, and what was asked. */
async function ask(at: { isTerminal: boolean; answer?: boolean; yes?: boolean }) {
  const asked: string[] = [];
  const confirm = (text: string) => {
    asked.push(text);
    return Promise.resolve(at.answer === true);
  };
  const { isTerminal, yes = false } = at;
  const ended = confirmed({ isTerminal, confirm }, { yes, act: "this deletes it", question });
  const code = await ended.then(
    () => "goes on",
    (error: { code: string }) => error.code,
  );
  return { code, asked };
}

it("asks on a terminal and takes anything but yes for a no", async () => {
  expect(await ask({ isTerminal: true, answer: true })).toEqual({
    code: "goes on",
    asked: [question],
  });
  expect(await ask({ isTerminal: true })).toEqual({ code: "CANCELLED", asked: [question] });
});

it("says what is wrong with it before that somebody has to agree", async () => {
  const confirm = () => Promise.resolve(true);
  for (const isTerminal of [true, false]) {
    const wrong = { yes: false, act: "this deletes it", question: () => Promise.reject("gone") };
    await expect(confirmed({ isTerminal, confirm }, wrong)).rejects.toBe("gone");
  }
});

it("never asks off a terminal, nor where --yes was given", async () => {
  expect(await ask({ isTerminal: false })).toEqual({ code: "CONFIRMATION_REQUIRED", asked: [] });
  for (const isTerminal of [true, false]) {
    expect(await ask({ isTerminal, yes: true })).toEqual({ code: "goes on", asked: [] });
  }
});
