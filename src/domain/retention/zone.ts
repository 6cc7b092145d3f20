/** Milliseconds that a place's clocks are ahead of UTC at an instant. */
export type OffsetAt = (instant: number) => number;

const written = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/**
 * The clocks of an IANA time zone, by the platform's own table. RangeError for an unknown one.
 * Asking again for the same instant costs nothing.
 */
export function offsetIn(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const known = new Map<number, number>();
  const lookUp: OffsetAt = (instant) => {
    const parts = format.formatToParts(instant);
    const text = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
    const [, sign, hours = 0, minutes = 0, seconds = 0] = written.exec(text) ?? [];
    const ahead = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return sign === "-" ? -ahead : ahead;
  };
  return (instant) => {
    const offset = known.get(instant) ?? lookUp(instant);
    known.set(instant, offset);
    return offset;
  };
}
