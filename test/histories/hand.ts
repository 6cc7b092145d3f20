import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Batch, Operation } from "./history.ts";

/** Where a tree is, and where entries go that leave it for a while: on the same file system. */
export interface Place {
  readonly root: string;
  readonly away: string;
}

export interface TreeSize {
  readonly entries: number;
  /** Of 512 bytes, about as many as an archive of it gets. */
  readonly blocks: number;
}

/** What batches did: when, and the operations that had an effect. */
export type Log = readonly (readonly [string, readonly string[]])[];

/** A long-lived process that writes trees, holds mappings of files and unfinished writes. */
export interface Hand extends AsyncDisposable {
  do(place: Place, operations: readonly Operation[]): Promise<readonly string[]>;
  /** One batch for each time that a program asks at the gate. */
  arm(place: Place, batches: readonly Batch[]): Promise<TreeSize>;
  /** What was not asked for is done now. */
  disarm(): Promise<Log>;
  /** Ends unfinished writes and mappings: until the next operation nothing changes the tree. */
  still(place: Place): Promise<void>;
  forget(place: Place): Promise<void>;
}

/** `gate` is an empty directory for the FIFOs `ask` and `answer`. */
export function startHand(gate: string, options: { readonly holdsWrites: boolean }): Hand {
  for (const name of ["ask", "answer"]) execFileSync("mkfifo", [join(gate, name)]);
  const script = join(import.meta.dirname, "hand.py");
  const args = ["-B", script, gate, ...(options.holdsWrites ? ["--hold-writes"] : [])];
  const child = spawn("python3", args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  const request = (body: object): Promise<unknown> => {
    const answer = last.then(async () => {
      child.stdin.write(`${JSON.stringify(body)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error("the process that writes the trees has ended");
      return JSON.parse(value);
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  return {
    async do({ root, away }, operations) {
      return Object(await request({ root, away, do: operations })).log;
    },
    arm: async ({ root }, batches) => Object(await request({ arm: root, batches })),
    disarm: async () => Object(await request({ disarm: true })).log,
    still: async ({ root }) => void (await request({ still: root })),
    forget: async ({ root }) => void (await request({ forget: root })),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
