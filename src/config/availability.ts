/** A key that is read and checked though this version does not act on it yet. */
export interface Absence {
  /** `*` stands for any name. */
  readonly key: readonly string[];
  /** Whether a value asks for what is missing; absent: every value does. */
  readonly asks?: (value: unknown) => boolean;
  readonly message: string;
}

const isNot = (quiet: unknown) => (value: unknown) => value !== quiet;
const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0;

const backup = (name: string, rest: Omit<Absence, "key">): Absence[] => [
  { key: ["backup", ...name.split(".")], ...rest },
  { key: ["units", "*", ...name.split(".")], ...rest },
];

const absent = (message: string, asks?: Absence["asks"]): Omit<Absence, "key"> => ({
  message,
  ...(asks === undefined ? {} : { asks }),
});

const noEffect = "has no effect for a single unit";

/** The one list of what is still to come. An entry goes when its feature arrives. */
export const absences: readonly Absence[] = [
  { key: ["units", "*", "groups"], ...absent(noEffect) },
  ...backup(
    "update_recovery_bundle",
    absent("there is no recovery bundle in this version", isNot(false)),
  ),
  { key: ["units", "*", "parallel_units"], ...absent(noEffect) },
  { key: ["units", "*", "units"], ...absent(noEffect) },
  { key: ["units", "*", "skip"], ...absent(noEffect) },
  {
    key: ["schedules", "*"],
    ...absent(
      "schedules are not run by this version: start `stackhold backup` from cron or a timer",
    ),
  },
  { key: ["recovery"], ...absent("there is no recovery bundle in this version") },
  { key: ["notifications", "email"], ...absent("nothing is mailed by this version") },
  {
    key: ["notifications", "channels"],
    ...absent("nobody is notified by this version", isFilled),
  },
  { key: ["server"], ...absent("there is no web interface in this version") },
];
