/** Networks that nobody makes: an engine comes with them. */
export const ofEveryEngine: readonly string[] = ["bridge", "host", "none"];
