export interface Choice<T> {
  readonly value: T;
  readonly label: string;
}

/** Questions at the terminal. Each throws CANCELLED when whoever is asked goes away. */
export interface Prompts {
  tell(title: string, lines: readonly string[]): Promise<void>;
  /** Of many, those that match what is typed are shown. */
  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T>;
  /** At least one. */
  chooseSome<T>(question: string, choices: readonly Choice<T>[]): Promise<readonly T[]>;
  /** `problem` says why an answer will not do. */
  text(
    question: string,
    suggestion: string,
    problem: (answer: string) => string | undefined,
  ): Promise<string>;
  /** What is typed is not shown. */
  secret(question: string): Promise<string>;
  confirm(question: string): Promise<boolean>;
}
