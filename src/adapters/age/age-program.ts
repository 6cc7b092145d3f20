import { type FileHandle, open, rm } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { StackholdError } from "../../errors.ts";
import type { Command } from "../../exec/command.ts";
import type { Environment } from "../../exec/environment.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import { asCommand, type Filter, opening, sealing } from "./filters.ts";

/** The program `age`, beside a shell. Identities and recipients are as its files hold them. */
export interface AgeProgram {
  /** TOOL_MISSING. */
  version(): Promise<string>;
  /** Why the identity does not open the file, in age's words; undefined where it does. */
  refusal(file: string, identity: string): Promise<string | undefined>;
  /** Why it cannot encrypt to these. */
  refusalOf(recipients: readonly string[]): Promise<string | undefined>;
  /** Writes an encrypted file, which must not be there yet, from another; nothing is left when it fails. */
  seal(from: string, to: string, recipients: readonly string[], signal: AbortSignal): Promise<void>;
  /** The same the other way round. */
  open(from: string, to: string, identity: string, signal?: AbortSignal): Promise<void>;
  sealStream(recipients: readonly string[]): Duplex;
  openStream(identity: string): Duplex;
}

export interface AgeProgramDeps {
  readonly runner: Runner;
  /** A program as a two-way stream. */
  readonly stream: (command: Command, environment: Environment) => Duplex;
}

/** Holds the header of a file with many recipients. */
const headSize = 64 * 1024;

const unchanged = ["cat"];

export function createAgeProgram({ runner, stream }: AgeProgramDeps): AgeProgram {
  const streamOf = (filter: Filter): Duplex => {
    const { command, environment } = asCommand(filter);
    return stream(command, environment);
  };

  const convert = async (
    filter: Filter,
    from: string,
    to: string,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    await using input = await open(from, "r");
    await using output = await open(to, "wx", 0o600);
    try {
      await run(filter, input, output, from, signal);
      await output.sync();
    } catch (thrown) {
      await rm(to, { force: true });
      throw thrown;
    }
  };

  const run = async (
    filter: Filter,
    input: FileHandle,
    output: FileHandle,
    from: string,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    const { command, environment } = asCommand(filter);
    const result = await runner.run(command, {
      stdin: input.fd,
      stdout: output.fd,
      environment,
      diesWithParent: true,
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.cancelled) throw new StackholdError("CANCELLED", "age was cancelled");
    if (result.verdict !== "failure") return;
    if (/no space left|quota exceeded/i.test(result.stderr)) {
      throw new StackholdError("NO_SPACE", `no space left for what age makes of ${from}`);
    }
    const said = stderrSummary(result);
    throw new StackholdError("TOOL_FAILED", `age with ${from} ${describeEnd(result)}: ${said}`);
  };

  return {
    version: async () => {
      const options = { stdout: "capture", timeoutMs: 10_000 } as const;
      try {
        const { stdout } = await runner.run({ program: "age", args: ["--version"] }, options);
        return stdout.toString("utf8").trim();
      } catch (cause) {
        if (!(cause instanceof StackholdError) || cause.code !== "TOOL_MISSING") throw cause;
        const hint = "apt-get install age";
        throw new StackholdError("TOOL_MISSING", "age is not installed", { hint, cause });
      }
    },
    refusal: async (file, identity) => {
      await using sealed = await open(file, "r");
      const { buffer, bytesRead } = await sealed.read(Buffer.alloc(headSize), 0, headSize, 0);
      const { command, environment } = asCommand(opening(unchanged, identity));
      const stdin = buffer.subarray(0, bytesRead);
      const { stderr } = await runner.run(command, { stdin, environment });
      // The rest is missing, so that age complains anyhow: only what it says of keys counts.
      return /^age: error: (.*identit.*|.*recipient.*|.*plugin.*)$/im.exec(stderr)?.[1];
    },
    refusalOf: async (recipients) => {
      const { command, environment } = asCommand(sealing(unchanged, recipients));
      const { verdict, stderr } = await runner.run(command, { stdin: "", environment });
      if (verdict === "success") return undefined;
      return /^age: error: (.*)$/m.exec(stderr)?.[1] ?? stderr;
    },
    seal: (from, to, recipients, signal) =>
      convert(sealing(unchanged, recipients), from, to, signal),
    open: (from, to, identity, signal) => convert(opening(unchanged, identity), from, to, signal),
    sealStream: (recipients) => streamOf(sealing(unchanged, recipients)),
    openStream: (identity) => streamOf(opening(unchanged, identity)),
  };
}
