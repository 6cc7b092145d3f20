import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { createRunner } from "../../exec/runner.ts";
import { temporaryDirectory } from "../../testing/points.ts";
import { createSystemClock } from "../system-clock/system-clock.ts";
import { createTarCapture } from "../tar/tar-capture.ts";
import { asCommand, asTarProgram, type Filter, opening, sealing } from "./filters.ts";
import { makeKeyPair } from "./passphrase.ts";

const usual = "/usr/sbin:/usr/bin:/sbin:/bin";

function pass({ script, environment }: Filter, input: Uint8Array, path = usual) {
  const { command } = asCommand({ script, environment });
  const env = { ...environment, PATH: path };
  return spawnSync(command.program, command.args, { input, env, maxBuffer: 1 << 28 });
}

/** A PATH on which one program is what a script says. */
function withFake(directory: string, program: string, script: string): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, program), `#!/bin/sh\n${script}\n`);
  chmodSync(join(directory, program), 0o755);
  return `${directory}:${usual}`;
}

test("gives back what it was given, whatever the bytes are", async () => {
  const { identity, recipient } = await makeKeyPair();
  const given = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
  const sealed = pass(sealing(["zstd", "-3", "-q"], [recipient]), given);
  expect([sealed.status, sealed.stdout.includes(given.subarray(0, 300))]).toEqual([0, false]);
  const opened = pass(opening(["zstd", "-dcq"], identity), sealed.stdout);
  expect([opened.status, opened.stdout.equals(given)]).toEqual([0, true]);
  const cut = pass(opening(["zstd", "-dcq"], identity), sealed.stdout.subarray(0, -20));
  expect(cut.status).not.toBe(0);
});

const seals = (recipient: string) => sealing(["zstd", "-3", "-q"], [recipient]);
const reads = (_: string, identity: string) => opening(["zstd", "-dcq"], identity);

it.each([
  ["encrypting", "age", "cat; exit 1", seals],
  ["compressing", "zstd", "cat; exit 1", seals],
  ["decrypting", "age", "exit 0", reads],
  ["decompressing", "zstd", "cat; exit 1", reads],
] as const)(
  "fails where %s does, whatever the other program says",
  async (_, program, script, make) => {
    await using directory = await temporaryDirectory();
    const { identity, recipient } = await makeKeyPair();
    const { stdout } = pass(seals(recipient), Buffer.from("content"));
    const path = withFake(join(directory.path, "bin"), program, script);
    const done = pass(make(recipient, identity), make === seals ? Buffer.from("x") : stdout, path);
    expect(done.status).not.toBe(0);
  },
);

test("an archive that could not be encrypted is none", async () => {
  await using directory = await temporaryDirectory();
  const path = withFake(join(directory.path, "bin"), "age", "cat; exit 1");
  const { monotonic } = createSystemClock();
  const runner = createRunner({ environment: { PATH: path }, monotonic });
  const tree = join(directory.path, "tree");
  mkdirSync(tree);
  writeFileSync(join(tree, "file"), "content");
  const file = join(directory.path, "x.tar.zst.age");
  const { recipient } = await makeKeyPair();
  const archiving = createTarCapture({ runner }).archive(
    { path: tree, type: "directory", exclude: [] },
    { file, compression: "zstd", level: 3, recipients: [recipient] },
  );
  await expect(archiving).rejects.toMatchObject({ code: "TOOL_FAILED" });
  expect(existsSync(file)).toBe(false);
});

test("no key is in an argument", async () => {
  const { identity, recipient } = await makeKeyPair();
  for (const filter of [opening(["zstd", "-dcq"], identity), sealing(["cat"], [recipient])]) {
    const words = [...asTarProgram(filter).args, ...asCommand(filter).command.args].join(" ");
    expect(words).not.toContain(identity);
    expect(words).not.toContain(recipient);
  }
  // What age itself is started with: a fake one tells.
  await using directory = await temporaryDirectory();
  const seen = join(directory.path, "seen");
  const path = withFake(join(directory.path, "bin"), "age", `echo "$@" >'${seen}'; cat`);
  pass(opening(["cat"], identity), Buffer.from("x"), path);
  expect(readFileSync(seen, "utf8")).toBe("--decrypt --identity /dev/fd/5\n");
});
