import { expect, it } from "vitest";
import { unsetVariables, usefulLines } from "./run-compose.ts";

it("keeps what Compose says of the failure, without progress and warnings", () => {
  const stderr = [
    'time="2026-11-21T02:10:46Z" level=warning msg="Found multiple config files"',
    " db Pulling ",
    " Network p_default  Creating",
    " Network p_default  Created",
    " Container p-db-1  Error response from daemon: Conflict",
    "Error response from daemon: Conflict. The name is in use",
    "",
  ].join("\n");
  expect(usefulLines(stderr)).toEqual([
    "Container p-db-1  Error response from daemon: Conflict",
    "Error response from daemon: Conflict. The name is in use",
  ]);
});

it("names the variables that nothing sets, each once", () => {
  const line = (name: string) =>
    `time="2026-11-21T12:41:57Z" level=warning msg="The \\"${name}\\" variable is not set. Defaulting to a blank string."`;
  const other = 'time="2026-11-21T12:41:57Z" level=warning msg="`version` is obsolete"';
  expect(unsetVariables([line("WORD"), other, line("A_B"), line("WORD")].join("\n"))).toEqual([
    "A_B",
    "WORD",
  ]);
});
