import { expect, it } from "vitest";
import { usefulLines } from "./run-compose.ts";

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
