import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import process from "node:process";
import { dockerComposer } from "../adapters/compose/composer.ts";
import { failurePhrases } from "../adapters/kopia/failures.ts";
import { installedKopia } from "../adapters/kopia/program.ts";
import { createSystemClock } from "../adapters/system-clock/system-clock.ts";
import { installedTools } from "../adapters/tar/tools.ts";
import type { Answer, App, GlobalOptions, Session } from "../cli/app.ts";
import type { Reporter } from "../cli/reporters/ending.ts";
import { createReporter } from "../cli/reporters/reporter.ts";
import { processEnvironment, withoutColours } from "../config/environment.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { unsupportedKeys, unsupportedText } from "../config/unsupported.ts";
import { printableLines } from "../domain/printable.ts";
import type { RegisterSecret } from "../domain/secret.ts";
import { asStackholdError, usualPhrases } from "../errors.ts";
import type { Emit, Operation } from "../events/event.ts";
import { createScrubber } from "../events/scrubber.ts";
import { createEventStream } from "../events/stream.ts";
import { askDecision, askYesNo } from "./ask.ts";
import { buildDeps, createToolRunner } from "./build-deps.ts";
import { cancelOnSignals } from "./cancellation.ts";
import { type Ended, endedBy, endedUnwritten, endedWith, runStatus } from "./ended.ts";
import { logSink, removeOldRunLogs } from "./log-sink.ts";
import { newSecret } from "./new-secret.ts";
import { type Asking, createPrompts } from "./prompts.ts";
import type { StandardOutput } from "./standard-output.ts";

export interface AppInput {
  readonly version: string;
  /** Absolute path of the bundle. */
  readonly program: string;
  readonly stdout: StandardOutput;
}

/** How the one command of this process ended. */
interface Outcome {
  readonly exitCode: number;
  readonly isRun: boolean;
}

/** The process as the commands see it. */
export function createApp({ version, program, stdout }: AppInput): App & { ended(): Outcome } {
  const env = processEnvironment();
  const clock = createSystemClock();
  const scrubber = createScrubber([...failurePhrases, ...usualPhrases]);
  let outcome: Outcome = { exitCode: 0, isRun: false };
  let cancelled: AbortSignal | undefined;
  let isAsking = false;

  const registerSecret: RegisterSecret = (value) => scrubber.register(value);
  const load = (options: GlobalOptions): Promise<LoadedConfig> =>
    loadConfig({
      ...(options.config === undefined ? {} : { path: options.config }),
      env,
      home: env.HOME ?? homedir(),
      registerSecret,
    });

  const reporterFor = (options: GlobalOptions): Reporter =>
    createReporter({
      json: options.json === true,
      events: options.events === true,
      quiet: options.quiet === true,
      verbose: options.verbose === true,
      color: options.color !== false && !env.NO_COLOR && env.TERM !== "dumb",
      ...(env.TERM === "dumb" ? { isTty: false } : {}),
      stdout,
      stderr: process.stderr,
      clock,
    });

  const finish = (reporter: Reporter, ended: Ended, isRun: boolean) => {
    outcome = { exitCode: ended.exitCode, isRun };
    if (ended.printed !== true) reporter.finish(scrubber.scrub(ended));
  };

  const endedByThrown = (thrown: unknown, options: GlobalOptions): Ended => {
    if (thrown !== undefined && thrown === stdout.failure()) return endedUnwritten;
    return endedBy(asStackholdError(thrown), { verbose: options.verbose === true });
  };

  async function attempt(options: GlobalOptions, work: () => Promise<Answer>): Promise<Ended> {
    try {
      return endedWith(await work(), { json: options.json === true });
    } catch (thrown) {
      return endedByThrown(thrown, options);
    }
  }

  const asking: Asking = async (ask) => {
    isAsking = true;
    try {
      return await ask(cancelled);
    } finally {
      isAsking = false;
    }
  };

  /** Everything around the work of a command: events, log files, signals, dependencies. */
  async function withSession(
    operation: Operation | "query",
    options: GlobalOptions,
    reporter: Reporter,
    work: (session: Session) => Promise<Answer>,
    needsState: boolean,
  ): Promise<Ended> {
    const loaded = await load(options);
    const unsupported = unsupportedKeys(loaded);
    const runId = randomUUID();
    const warn = (message: string) => emit({ type: "warning", message });
    const log = operation === "query" ? [] : [logSink(loaded.config, operation, clock.now(), warn)];
    const sinks = [reporter.sink, ...log];
    const events = createEventStream({ clock, runId, sinks, scrubber });
    const early = [...loaded.warnings, ...unsupported.map(unsupportedText)];
    // A run's first event is run.started: what was known before comes after it.
    const tellEarly = () => {
      for (const message of early.splice(0)) events.emit({ type: "warning", message });
    };
    const emit: Emit = (happening) => {
      if (happening.type === "run.finished") tellEarly();
      events.emit(happening);
      if (happening.type === "run.started") tellEarly();
    };
    if (operation === "query") tellEarly();
    // While somebody is asked nothing has begun: the answer to a signal is the command's own.
    using cancellation = cancelOnSignals((message) => isAsking || warn(message));
    cancelled = cancellation.signal;
    const { scrub } = scrubber;
    using deps = await buildDeps({ loaded, env, clock, version, program, emit, scrub, needsState });
    const { signal } = cancellation;
    const ended = await attempt(options, () =>
      work({ loaded, deps, context: { runId, signal, emit } }),
    );
    if (operation !== "query") {
      for (const message of ended.details ?? []) {
        emit({ type: "log", level: "info", message, saidBy: "log" });
      }
      await removeOldRunLogs(loaded.config, clock.now(), emit);
      emit({ type: "run.finished", status: runStatus(ended), result: ended.document });
    }
    events.flush();
    return ended;
  }

  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const prompts = createPrompts(asking);

  return {
    version,
    isTerminal,
    ended: () => outcome,
    loadConfig: load,
    async look(loaded, work) {
      const silent = { emit: () => undefined, scrub: scrubber.scrub, needsState: false };
      using deps = await buildDeps({ loaded, env, clock, version, program, ...silent });
      return await work(deps);
    },
    async tools() {
      const runner = createToolRunner(env, clock);
      const compose = dockerComposer({ runner, environment: {} });
      const [found, kopia] = await Promise.all([installedTools(runner), installedKopia(runner)]);
      return { ...found, kopia, compose: await compose.version().catch(() => null) };
    },
    // A terminal that does not know its size says 0.
    columns: (stdout.isTTY === true && stdout.columns) || undefined,
    write: (chunk) => stdout.send(chunk),
    confirm: (question) =>
      asking(async (signal) => {
        if (signal?.aborted === true) return false;
        return askYesNo(`${printableLines(question)} [y/N] `, signal);
      }),
    prompts,
    newSecret: (asked) => newSecret(asked, { env, isTerminal, prompts, registerSecret }),
    decide: (question) =>
      asking(async (signal) => {
        if (signal?.aborted === true) return "quit";
        return askDecision(`${printableLines(question)} [y/N/q] `, signal);
      }),
    async plain(options, work) {
      const reporter = reporterFor(options);
      finish(reporter, await attempt(options, work), false);
    },
    async run(operation, options, work, how) {
      if (options.color === false) withoutColours();
      const reporter = reporterFor(options);
      const reads = operation === "query" || operation === "verify";
      const needsState = !reads && how?.replacesNothing !== true;
      const session = withSession(operation, options, reporter, work, needsState);
      const ended = await session.catch((thrown) => endedByThrown(thrown, options));
      finish(reporter, ended, operation !== "query");
    },
  };
}
