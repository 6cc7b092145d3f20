import type { KeptEntry } from "../../../ports/two-phase.ts";

/** The number of the field from which on a record is a name, for sort(1). */
export const keptNameField = 5;

const record = /^([dfl?]) (\d+) (-?\d+) ([01]) (.*)$/s;

export function formatKept({ type, size, mtime, isRemembered, name }: KeptEntry): string {
  return `${type ?? "?"} ${size} ${mtime} ${isRemembered ? 1 : 0} ${name}`;
}

export function parseKept(text: string): KeptEntry {
  const [, type = "", size, mtime, isRemembered, name = ""] = record.exec(text) ?? [];
  const known = ["d", "f", "l"] as const;
  const told = known.find((each) => each === type);
  return {
    ...(told === undefined ? {} : { type: told }),
    size: Number(size),
    mtime: Number(mtime),
    isRemembered: isRemembered === "1",
    name,
  };
}

/** What shows that a file was written since, whatever its mtime says; the device is no part of it: that of btrfs changes with each mount. */
export interface Identity {
  readonly identity: string;
  readonly name: string;
}

/** Equals nothing: what was kept under that name is not known. */
export const unknownIdentity = "-";

export function formatIdentity({ identity, name }: Identity): string {
  return `${identity} ${name}`;
}

export function parseIdentity(text: string): Identity {
  const end = text.indexOf(" ");
  return { identity: text.slice(0, end), name: text.slice(end + 1) };
}
