import { expect, it } from "vitest";
import type { RunOptions } from "../../exec/command.ts";
import type { ProcessResult } from "../../exec/result.ts";
import { dockerComposer } from "./composer.ts";
import { unsetVariables, usefulLines, withoutValues } from "./run-compose.ts";

const project = { project: "shop", workingDir: "/srv/shop", files: [], environmentFiles: [] };

/** Every call hangs until its limit ends it. */
function hanging() {
  const limits: (number | undefined)[] = [];
  const run = async (_: unknown, { timeoutMs }: RunOptions = {}): Promise<ProcessResult> => {
    limits.push(timeoutMs);
    return {
      ...{ program: "docker", code: null, signal: "SIGTERM", verdict: "failure" },
      ...{ cancelled: false, timedOut: true, spawnFailed: false, durationMs: timeoutMs ?? 0 },
      ...{ stdout: Buffer.alloc(0), stderr: "Container shop-db-1 Creating\n" },
    };
  };
  return { composer: dockerComposer({ runner: { run }, environment: {} }), limits };
}

it.each([
  ["version", (composer) => composer.version()],
  ["down", (composer) => composer.down(project, 10)],
  ["create", (composer) => composer.create(project, [{ name: "db", replicas: 1 }])],
  ["config", (composer) => composer.config(project)],
  ["resolve", (composer) => composer.resolve(project)],
  ["hashes", (composer) => composer.hashes(project, "{}")],
] satisfies [string, (composer: ReturnType<typeof dockerComposer>) => Promise<unknown>][])(
  "ends a Compose that hangs at %s, and says so",
  async (_, act) => {
    const { composer, limits } = hanging();
    await expect(act(composer)).rejects.toMatchObject({
      code: "COMPOSE_FAILED",
      message: expect.stringMatching(/: docker compose took too long and was ended$/),
    });
    expect(limits.length).toBeGreaterThan(0);
    expect(limits).not.toContain(undefined);
  },
);

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

it.each([
  [
    "invalid interpolation format for services.app.environment.DB_PASSWORD.\nYou may need to escape any $ with another $.\n${abc\ndef",
    "invalid interpolation format for services.app.environment.DB_PASSWORD, where a $ that is meant is written $$",
  ],
  [
    'invalid interpolation format for services.app.command.[]: "a ${b".',
    "invalid interpolation format for services.app.command.[], where a $ that is meant is written $$",
  ],
  ['line 2: unterminated quoted value "abc', "line 2: unterminated quoted value [secret]"],
  [
    'line 3: unexpected character "+" in variable name "ab+c\\"d"',
    'line 3: unexpected character "+" in variable name [secret]',
  ],
  ["services.app: DB_PASSWORD=abc is wrong", "services.app: DB_PASSWORD=[secret] is wrong"],
])("does not repeat what Compose quotes of a file: %s", (said, kept) => {
  expect(withoutValues(said)).toBe(kept);
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
