import { printable } from "../domain/printable.ts";
import type { Event } from "./event.ts";

/**
 * An event for people: names in it cannot act on a terminal or pose as lines. A message may have
 * several lines and a result any shape: what shows them sees to that.
 */
export function printableEvent<E extends Event>(event: E): E {
  const shown = Object.entries(event).map(([key, value]: [string, unknown]) => {
    if (key === "message" || key === "result") return [key, value];
    if (typeof value === "string") return [key, printable(value)];
    if (!Array.isArray(value)) return [key, value];
    return [key, value.map((item) => (typeof item === "string" ? printable(item) : item))];
  });
  return Object.fromEntries(shown) as E;
}
