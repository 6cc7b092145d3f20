import type { Event, ProgressHappening, Step } from "../../events/event.ts";

/** What is going on right now, as far as events tell. Times are the monotonic clock's. */
export interface LiveState {
  operation: string;
  total: number;
  /** Units whose work began, in that order. */
  readonly begun: Set<string>;
  /** By unit, empty for what concerns none. */
  readonly units: Map<string, LiveUnit>;
}

export interface LiveUnit {
  readonly name: string;
  /** Steps within one another, the innermost last. */
  readonly steps: { readonly step: Step; readonly since: number }[];
  readonly progress: Map<string, ProgressHappening>;
  downSince?: number;
  /** Containers that are being stopped. */
  waitsFor: readonly string[];
}

export function createLiveState(): LiveState {
  return { operation: "", total: 0, begun: new Set(), units: new Map() };
}

function unitOf(state: LiveState, name: string): LiveUnit {
  const known = state.units.get(name);
  if (known !== undefined) return known;
  const unit: LiveUnit = { name, steps: [], progress: new Map(), waitsFor: [] };
  state.units.set(name, unit);
  if (name !== "") state.begun.add(name);
  return unit;
}

/** Takes an event in. */
export function advance(state: LiveState, event: Event, nowMs: number): void {
  switch (event.type) {
    case "run.started":
      state.operation = event.operation;
      state.total = event.units.length;
      return;
    case "step.started":
      unitOf(state, event.unit ?? "").steps.push({ step: event.step, since: nowMs });
      return;
    case "step.finished":
      leaveStep(state, unitOf(state, event.unit ?? ""), event.step);
      return;
    case "progress":
      unitOf(state, event.unit ?? "").progress.set(event.subject, event);
      return;
    case "unit.stopping":
      unitOf(state, event.unit).waitsFor = event.containers;
      return;
    case "unit.stopped":
      stopped(unitOf(state, event.unit), nowMs);
      return;
    case "unit.started":
      delete unitOf(state, event.unit).downSince;
      return;
    case "run.finished":
      state.units.clear();
      return;
    default:
  }
}

/** The outage began with the step that stops, before the last container had stopped. */
function stopped(unit: LiveUnit, nowMs: number): void {
  unit.downSince = unit.steps.findLast(({ step }) => step === "quiesce")?.since ?? nowMs;
}

function leaveStep(state: LiveState, unit: LiveUnit, step: Step): void {
  const index = unit.steps.findLastIndex((one) => one.step === step);
  if (index >= 0) unit.steps.splice(index, 1);
  unit.progress.clear();
  unit.waitsFor = [];
  if (unit.steps.length === 0 && unit.downSince === undefined) state.units.delete(unit.name);
}
