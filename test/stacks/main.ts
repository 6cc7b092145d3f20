/** `make stacks`: real stacks, backed up at each scope, destroyed, restored in each way, and compared. */
import { allImages } from "../bed/images.ts";
import { installBed } from "../bed/install.ts";
import { exitMissing, MissingComponent } from "../bed/missing.ts";
import { answer, note } from "../bed/print.ts";
import { awaitInterruption, interruption } from "../support/interruption.ts";
import { type FixtureName, fixtures } from "./fixtures/all.ts";
import { type Hosts, openHosts } from "./hosts.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { play } from "./play.ts";
import { cellLines, matrix, type Played } from "./report.ts";

/** Prints a line for each restore and a table at the end; the exit code is 1 where one failed. */
async function main(options: Options): Promise<void> {
  await installBed();
  const waiting = [...options.names];
  const all: Played[] = [];
  const count = Math.min(options.lanes, waiting.length);
  const lanes = Array.from({ length: count }, () => work(waiting, options, all));
  const ended = await Promise.allSettled(lanes);
  const order = [...options.names] as string[];
  all.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  answer(`\n${matrix(all, process.stdout.isTTY === true && !process.env.NO_COLOR)}`);
  for (const one of ended) if (one.status === "rejected") throw one.reason;
  interruption.throwIfAborted();
  if (all.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

/** Engines give subnets as they come, so that two fixtures in one engine would take each other's. */
async function work(waiting: FixtureName[], options: Options, all: Played[]): Promise<void> {
  await using hosts = await openHosts(allImages);
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (interruption.aborted) return;
    await playOne(name, hosts, options, all);
  }
}

async function playOne(
  name: FixtureName,
  hosts: Hosts,
  { scopes, ways, repository }: Options,
  all: Played[],
): Promise<void> {
  let begin = performance.now();
  try {
    const how = { scopes, ways, repository, signal: interruption };
    for await (const cell of play(fixtures[name], hosts, how)) {
      const played = { name, ...cell };
      all.push(played);
      answer(cellLines(played, performance.now() - begin));
      begin = performance.now();
    }
  } catch (error) {
    if (interruption.aborted) return;
    const failures = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    for (const scope of scopes) {
      for (const way of ways) all.push({ name, scope, way, failures });
    }
    answer(`${name}: FAILED\n${failures.join("\n")}`);
  }
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
