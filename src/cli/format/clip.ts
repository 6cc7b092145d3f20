import stringWidth from "string-width";

/** Terminal columns of a text: wide characters take two, colours none. */
export const width: (text: string) => number = (text) => stringWidth(text);

/** At most so many columns, ending in `…` where something was cut. For text without colours. */
export function clip(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  if (columns <= 0) return "";
  let kept = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += width(segment);
    if (used > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

export function pad(text: string, columns: number, align: "left" | "right" = "left"): string {
  const fill = " ".repeat(Math.max(0, columns - width(text)));
  return align === "left" ? text + fill : fill + text;
}
