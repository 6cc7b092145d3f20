import type { Place } from "./hand.ts";

/** One history's own directory on the file system under test, and one for archives elsewhere. */
export interface Site extends Place {
  readonly unpacked: string;
  readonly archives: string;
  /** Of all sites of a field. */
  readonly number: number;
}
