/** A key that is read and checked though this version does not act on it yet. */
export interface Absence {
  /** `*` stands for any name. */
  readonly key: readonly string[];
  /** `error` where a backup would differ from what the file asks for. */
  readonly severity: "error" | "warning";
  /** Whether a value asks for what is missing; absent: every value does. */
  readonly asks?: (value: unknown) => boolean;
  /** Other values of the key do something. */
  readonly isPartial?: true;
  readonly message: string;
}

const isAny =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value);
const isNot = (quiet: unknown) => (value: unknown) => value !== quiet;
const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0;

const backup = (name: string, rest: Omit<Absence, "key">): Absence[] => [
  { key: ["backup", ...name.split(".")], ...rest },
  { key: ["units", "*", ...name.split(".")], ...rest },
];

const error = (message: string, asks?: Absence["asks"]): Omit<Absence, "key"> => ({
  severity: "error",
  message,
  ...(asks === undefined ? {} : { asks }),
});

const errorFor = (message: string, ...values: unknown[]): Omit<Absence, "key"> => ({
  ...error(message, isAny(...values)),
  isPartial: true,
});

const warning = (message: string, asks?: Absence["asks"]): Omit<Absence, "key"> => ({
  ...error(message, asks),
  severity: "warning",
});

const noEffect = "has no effect for a single unit";

/** The one list of what is still to come. An entry goes when its feature arrives. */
export const absences: readonly Absence[] = [
  {
    key: ["repositories", "*", "type"],
    ...errorFor("Kopia repositories are not available in this version", "kopia"),
  },
  { key: ["units", "*", "groups"], ...warning(noEffect) },
  ...backup(
    "update_recovery_bundle",
    warning("there is no recovery bundle in this version", isNot(false)),
  ),
  { key: ["units", "*", "parallel_units"], ...warning(noEffect) },
  { key: ["units", "*", "units"], ...warning(noEffect) },
  { key: ["units", "*", "skip"], ...warning(noEffect) },
  {
    key: ["schedules", "*"],
    ...warning(
      "schedules are not run by this version: start `stackhold backup` from cron or a timer",
    ),
  },
  { key: ["recovery"], ...warning("there is no recovery bundle in this version") },
  { key: ["notifications", "email"], ...warning("nothing is mailed by this version") },
  {
    key: ["notifications", "channels"],
    ...warning("nobody is notified by this version", isFilled),
  },
  { key: ["server"], ...warning("there is no web interface in this version") },
];
