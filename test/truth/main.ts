/** `make truth`: databases under load, backed up, destroyed and restored, again and again. */
import { exitMissing, MissingComponent } from "../bed/missing.ts";
import { openEngine } from "../bed/open.ts";
import { answer, note } from "../bed/print.ts";
import { awaitInterruption, interruption } from "../support/interruption.ts";
import { databases } from "./databases/all.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { isTrue, type Played, roundLine, summary } from "./report.ts";
import { playRound, type Round } from "./round.ts";

/** Prints a line for each round and a table at the end; the exit code is 1 where one failed. */
async function main({ rounds, names, keep }: Options): Promise<void> {
  await using engine = await openEngine(
    "truth",
    names.map((name) => databases[name].image),
  );
  const all: Played[] = [];
  const less = Math.ceil(rounds / 4);
  for (const database of names) {
    for (const [quiesce, count] of [
      ["stop", rounds],
      ["down", less],
      ["pause", less],
    ] as const) {
      for (let round = 1; round <= count && !interruption.aborted; round += 1) {
        const outcome = await playRound(engine, databases[database], {
          quiesce,
          commits: anyNumber(),
          ...(keep === undefined ? {} : { keep }),
        }).catch(tell);
        const played = { database, quiesce, outcome };
        all.push(played);
        answer(roundLine(played, round, count));
      }
    }
  }
  answer(`\n${summary(all, process.stdout.isTTY === true && !process.env.NO_COLOR)}`);
  interruption.throwIfAborted();
  if (!all.every(isTrue)) process.exitCode = 1;
}

/** So that no two backups begin at the same moment of the server's life. */
const anyNumber = (): Round["commits"] => 100 + Math.floor(Math.random() * 500);

function tell(failure: unknown): undefined {
  note(failure instanceof Error ? (failure.stack ?? failure.message) : String(failure));
}

awaitInterruption();
try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  const reason: unknown = interruption.aborted ? interruption.reason : error;
  if (!(reason instanceof Error)) throw reason;
  note(reason instanceof TypeError ? `${reason.message}\n${usage}` : reason.message);
  process.exitCode = reason instanceof MissingComponent ? exitMissing : 1;
}
