/** A text that no log, document or error can show by accident. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

export const mask = "[secret]";

/** Tells the scrubber of every sink about a text that must never appear. */
export type RegisterSecret = (value: string) => void;

export function secretOf(value: string): Secret {
  const masked = () => mask;
  return Object.freeze({
    reveal: () => value,
    toString: masked,
    toJSON: masked,
    [Symbol.for("nodejs.util.inspect.custom")]: masked,
  });
}
