/** What a person should know of a copy. */
export interface Remarks {
  /** It differs from the original because it must. */
  note(text: string): void;
  /** It lacks something, or may meet the original. */
  warn(text: string): void;
}
