import { describe, expect, it } from "vitest";
import type { ProcessResult } from "../../exec/result.ts";
import { failureOf } from "./failures.ts";

const ended: ProcessResult = {
  program: "kopia",
  code: 1,
  signal: null,
  verdict: "failure",
  cancelled: false,
  timedOut: false,
  spawnFailed: false,
  stdout: Buffer.alloc(0),
  stderr: "",
  durationMs: 1,
};

const of = (more: Partial<ProcessResult>) =>
  failureOf({ name: "offsite", program: "kopia" }, { ...ended, ...more }, "kopia snapshot create");

/** As Kopia 0.22 prints them, of storages that tests cannot run or break so. */
const said: [string, string, RegExp][] = [
  [
    "error connecting to repository: unable to read format blob: unable to complete GetBlob(kopia.repository,0,-1) despite 10 retries: unable to get: Access Denied.",
    "WRONG_CREDENTIALS",
    /refuses the credentials: .*Access Denied/,
  ],
  [
    "can't connect to storage: unable to open bucket: b2 error: 401 unauthorized: bad_auth_token",
    "WRONG_CREDENTIALS",
    /refuses the credentials/,
  ],
  [
    "ERROR unable to create session: write blob: PutBlob: unexpected status: 507 Insufficient Storage",
    "NO_SPACE",
    /its storage is full/,
  ],
  [
    'Get "https://e.example/b/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    "REPOSITORY_UNUSABLE",
    /cannot prove/,
  ],
  [
    "dial tcp: lookup e.example: no such host",
    "REPOSITORY_UNUSABLE",
    /cannot be reached: dial tcp/,
  ],
  [
    'unable to start rclone: exec: "rclone": executable file not found in $PATH',
    "TOOL_MISSING",
    /rclone, which reaches its storage, is not installed$/,
  ],
  ["mkdir /srv/k: permission denied", "REPOSITORY_UNUSABLE", /may not be used by this user/],
];

describe("a failure of Kopia", () => {
  it.each(said)("is told by what it means: %s", (stderr, code, message) => {
    expect(of({ stderr })).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("that means nothing in particular is told in Kopia's last words, without colours and progress", () => {
    const stderr =
      "\u001b[32mSnapshotting x\u001b[0m\n | 1 hashing, 2 hashed (3 B)\nERROR something odd\n * 0 hashing, 2 hashed\n";
    expect(of({ stderr })).toMatchObject({
      code: "TOOL_FAILED",
      message: "repository offsite: kopia snapshot create: something odd",
    });
    expect(of({ stderr: "", code: null, signal: "SIGKILL" }).message).toBe(
      "repository offsite: kopia snapshot create: kopia was killed by SIGKILL",
    );
  });

  it("is not told by the names of files", () => {
    const log = 'snapshotted file\t{"path":"403 Forbidden","size":507,"mtime":"x"}\n';
    const names =
      'Error when processing "access denied": unable to write content chunk 401 of FILE:forbidden: error writing\n';
    expect(of({ stderr: `${log}${names}` })).toMatchObject({
      code: "TOOL_FAILED",
      message: expect.stringContaining("error writing"),
    });
    expect(of({ stderr: log, code: null, signal: "SIGKILL" }).message).toMatch(/killed by SIGKILL/);
  });

  it("is told from where it says why", () => {
    const stderr =
      "error connecting to repository: unable to complete GetBlobFromPath:/x/.shards despite 10 retries: open /x/.shards: not a directory";
    expect(of({ stderr }).message).toBe(
      "repository offsite: its storage is not a directory: open /x/.shards: not a directory",
    );
  });

  it("that took too long is the storage's, whatever was said meanwhile", () => {
    expect(of({ timedOut: true, stderr: "retrying" })).toMatchObject({
      code: "REPOSITORY_UNUSABLE",
      message: "repository offsite: its storage did not answer in time: retrying",
    });
  });

  it("that was wanted is a cancellation", () => {
    expect(of({ cancelled: true, stderr: "no space left on device" }).code).toBe("CANCELLED");
  });
});
