/** A text that no log, document or error can show by accident. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

export const mask = "[secret]";

/** What stands in the place of a secret. */
export type Masked = (secret: string) => string;

export const masked: Masked = () => mask;

/** Tells the scrubber of every sink about a text that must never appear. */
export type RegisterSecret = (value: string) => void;

export function secretOf(value: string): Secret {
  const hidden = () => mask;
  return Object.freeze({
    reveal: () => value,
    toString: hidden,
    toJSON: hidden,
    [Symbol.for("nodejs.util.inspect.custom")]: hidden,
  });
}
