import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Duplex, type Readable, type Writable } from "node:stream";
import { tailCollector } from "./collector.ts";
import type { Command } from "./command.ts";
import { childEnvironment, type Environment } from "./environment.ts";

export interface ProgramStreamOptions {
  /** Of this process; the child sees an allow-list of it, DOCKER_* included. */
  readonly environment: Environment;
  /** Added to it. */
  readonly extra?: Environment;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const stderrLimit = 4096;

/**
 * A program as a two-way stream: what is written goes to its stdin, what it prints is read. Its
 * failure ends the stream with what it said on stderr; destroying the stream ends the program. It
 * has the methods of a socket that HTTP calls, and keeps this process alive only while in use.
 */
export function programStream(command: Command, options: ProgramStreamOptions): Duplex {
  const { environment, extra = {} } = options;
  const child: Child = spawn(command.program, [...command.args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: childEnvironment(environment, { engine: true, extra }),
    detached: true,
  });
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    // What it does not read it has a reason for, which comes with its end.
    write: (chunk, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy: (error, done) => {
      child.kill("SIGTERM");
      for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
      done(error);
    },
  });
  child.stdout.on("data", (chunk) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  watchEnd(child, command, stream);
  return Object.assign(stream, socketMethods(child, stream));
}

function watchEnd(child: Child, command: Command, stream: Duplex): void {
  const stderr = tailCollector(stderrLimit);
  child.stderr.on("data", (chunk) => stderr.add(chunk));
  child.stdin.on("error", () => {}); // the program's end tells why
  child.on("error", (error) => stream.destroy(error));
  child.on("close", (code) => {
    const said = stderr
      .bytes()
      .toString("utf8")
      .trim()
      .replaceAll(/\s*\n\s*/g, "; ");
    if (code === 0) stream.push(null);
    else stream.destroy(new Error(`${command.program}: ${said || "ended without an answer"}`));
  });
}

/** net.Socket's, of which http.Agent calls these on a kept connection. */
function socketMethods(child: Child, stream: Duplex): object {
  const all = [child, child.stdin, child.stdout, child.stderr] as {
    ref?(): void;
    unref?(): void;
  }[];
  return {
    ref: () => {
      for (const one of all) one.ref?.();
      return stream;
    },
    unref: () => {
      for (const one of all) one.unref?.();
      return stream;
    },
    setKeepAlive: () => stream,
    setNoDelay: () => stream,
    setTimeout: () => stream,
  };
}
