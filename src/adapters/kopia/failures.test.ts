import { expect, it } from "vitest";
import { failureOf } from "./failures.ts";

const result = (stderr: string) =>
  ({ program: "kopia", verdict: "failure", code: 1, signal: null, stderr }) as never;
const asked = (stderr: string) =>
  failureOf({ name: "offsite", program: "kopia" }, result(stderr), "kopia snapshot create");

it.each([
  'snapshotted file\t{"path":"forbidden/403","size":401}',
  'cached\t{"path":"no space left on device","size":1}',
  'snapshotted file\t{"path":"x","error":"open x: permission denied"}',
  '[STORAGE] PutBlob\t{"blobID":"p","length":403,"error":null,"duration":"1µs"}',
])("takes nothing that Kopia logs beside its work for the reason: %s", (line) => {
  const failure = asked(`${line}\nERROR upload error: something else\n`);
  expect(failure).toMatchObject({ code: "TOOL_FAILED" });
  expect(failure.message).toContain("upload error: something else");
});

it("takes what its storage said for the reason", () => {
  const said = '[STORAGE] PutBlob\t{"blobID":"p","error":"403 Forbidden"}\nERROR flush error\n';
  expect(asked(said)).toMatchObject({ code: "WRONG_CREDENTIALS" });
});
