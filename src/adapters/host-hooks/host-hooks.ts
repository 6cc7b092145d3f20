import { outputLines } from "../../domain/output-lines.ts";
import { endMarked, runMark } from "../../exec/marked.ts";
import type { ProcessResult } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { HookPrograms } from "../../ports/hooks.ts";
import { type Trust, trustedProgram } from "./trusted-program.ts";

export interface HostHooksOptions {
  readonly runner: Pick<Runner, "run">;
  readonly trust: Trust;
  /** What makes the docker program talk to the engine of this run. */
  readonly engine: Readonly<Record<string, string>>;
}

/** UTF-8, since what a hook prints goes into logs of ours. */
const locale = { LC_ALL: "C.UTF-8" };

export function createHostHooks({ runner, trust, engine }: HostHooksOptions): HookPrograms {
  return {
    async check([program]) {
      await trustedProgram(program, trust);
    },
    async run([name, ...args], { environment, mark, limitSeconds, onLine, signal }) {
      const program = await trustedProgram(name, trust);
      const stream = outputLines(onLine);
      const [out, err] = [stream(), stream()];
      const result = await runner.run(
        { program, args },
        {
          cwd: "/",
          environment: { ...locale, ...engine, ...environment, ...runMark(mark) },
          stdout: { onBytes: (bytes) => out.push(bytes) },
          onStderrLine: (line) => err.push(Buffer.from(`${line}\n`, "latin1")),
          timeoutMs: limitSeconds * 1000,
          leadsGroup: true,
          ...(signal === undefined ? {} : { signal }),
        },
      );
      for (const each of [out, err]) each.end();
      return endOf(result);
    },
    endLeftovers: (mark) => endMarked(mark),
  };
}

function endOf(result: ProcessResult) {
  if (result.cancelled) return { ended: "cancelled" as const };
  if (result.timedOut) return { ended: "limit" as const };
  if (result.spawnFailed) return { failure: `did not start: ${result.stderr}` };
  if (result.signal !== null) return { failure: `was killed by ${result.signal}` };
  return { code: result.code ?? 0 };
}
