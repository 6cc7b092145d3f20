import { styleText } from "node:util";

export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

/** Whether to colour is the caller's decision: the terminal, NO_COLOR and --no-color are known there. */
export function createPaint(color: boolean): Paint {
  if (!color) return (_, text) => text;
  return (colour, text) => styleText(colour, text, { validateStream: false });
}
