import type { ProgressHappening, Step } from "../../events/event.ts";
import { percent, progressWords } from "../../events/log-lines.ts";
import { duration } from "../format/amounts.ts";
import { clip, pad, width } from "../format/clip.ts";
import type { Colour, Paint } from "../format/paint.ts";
import type { LiveState, LiveUnit } from "./live-state.ts";

export interface FrameOptions {
  readonly columns: number;
  readonly paint: Paint;
  readonly nowMs: number;
}

type Segment = readonly [text: string, colour?: Colour];

const words: Record<Step, string> = {
  plan: "planning",
  preflight: "checking",
  pre: "preparing",
  hot: "copying while it runs",
  quiesce: "stopping",
  cold: "copying",
  restart: "starting",
  post: "running hooks",
  finish: "finishing",
  after: "tidying up",
  verify: "verifying",
  stage: "unpacking",
  copy: "copying",
  swap: "putting in place",
  rollback: "rolling back",
  recover: "putting right",
};

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const spinMs = 100;
const mostSubjects = 5;

/** The lines to draw now, each narrower than the terminal. */
export function frame(state: LiveState, options: FrameOptions): string[] {
  return [...state.units.values()].flatMap((unit) => unitLines(state, unit, options));
}

function unitLines(state: LiveState, unit: LiveUnit, options: FrameOptions): string[] {
  const current = unit.steps.at(-1);
  const turn = Math.floor(options.nowMs / spinMs) % spinner.length;
  const head: Segment[] = [
    [`${spinner[turn]} `, "cyan"],
    [unit.name === "" ? state.operation || "working" : unit.name, "bold"],
    ...counter(state, unit),
  ];
  if (current !== undefined) {
    head.push([`  ${words[current.step]} ${ticking(options.nowMs - current.since)}`]);
  }
  if (unit.waitsFor.length > 0) head.push([`  waiting for ${unit.waitsFor.join(", ")}`]);
  if (unit.downSince !== undefined) {
    head.push([`  down for ${ticking(options.nowMs - unit.downSince)}`, "yellow"]);
  }
  return [join(head, options), ...progressLines([...unit.progress.values()], options)];
}

/** In tenths, so that digits do not jump. */
function ticking(ms: number): string {
  return ms < 1000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : duration(ms);
}

function counter(state: LiveState, unit: LiveUnit): Segment[] {
  if (unit.name === "" || state.total < 2) return [];
  const number = [...state.begun].indexOf(unit.name) + 1;
  return [[` ${number} of ${state.total}`, "dim"]];
}

/** Those that are not done come first: they are what is waited for. */
function progressLines(all: readonly ProgressHappening[], options: FrameOptions): string[] {
  const isDone = (p: ProgressHappening) => p.totalBytes !== undefined && p.bytes >= p.totalBytes;
  const ordered = [...all.filter((p) => !isDone(p)), ...all.filter(isDone)];
  const shown = ordered.slice(0, mostSubjects);
  const room = Math.min(30, Math.max(0, ...shown.map((p) => width(p.subject))));
  const lines = shown.map((p) => join(progressSegments(p, room, options), options));
  const more = ordered.length - shown.length;
  return more === 0 ? lines : [...lines, join([[`  and ${more} more`, "dim"]], options)];
}

function progressSegments(p: ProgressHappening, room: number, options: FrameOptions): Segment[] {
  const { files, ...rest } = p;
  const isWide = options.columns >= 110;
  const text = progressWords(isWide && files !== undefined ? p : rest).join("  ");
  const subject: Segment = [`  ${pad(clip(p.subject, room), room)}  `];
  if (p.totalBytes === undefined || p.totalBytes === 0 || options.columns < 70) {
    return [subject, [text]];
  }
  const cells = isWide ? 20 : 10;
  const full = Math.floor((percent(p.bytes, p.totalBytes) / 100) * cells);
  return [subject, ["━".repeat(full), "cyan"], ["─".repeat(cells - full), "dim"], [`  ${text}`]];
}

/** One column stays free, since terminals differ in what a full line does. */
function join(segments: readonly Segment[], { columns, paint }: FrameOptions): string {
  let left = columns - 1;
  let line = "";
  for (const [text, colour] of segments) {
    const clipped = clip(text, left);
    left -= width(clipped);
    line += colour === undefined || clipped === "" ? clipped : paint(colour, clipped);
    if (clipped !== text) break;
  }
  return line;
}
