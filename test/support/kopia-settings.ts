type Keys = Readonly<Record<string, unknown>>;

export const testPassword = "repository-password-of-the-test";

/** A repository as the configuration has it. */
export function kopiaIn(path: string, more: Keys = {}): Keys {
  return kopiaAt({ type: "filesystem", path }, more);
}

export function kopiaAt(storage: Keys, more: Keys = {}): Keys {
  return { type: "kopia", storage, password: testPassword, ...more };
}
