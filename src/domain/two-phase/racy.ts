/**
 * A write in flight stamps ctime before it copies its bytes, and some file systems stamp whole
 * seconds: within so much time of a listing an unchanged ctime proves nothing.
 */
export const tickSeconds = 2;

/** Seconds of the clock that stamps files. */
export interface ListingTime {
  readonly start: number;
  readonly end: number;
}

export function isRacy(ctime: string, { start, end }: ListingTime): boolean {
  const seconds = Number(ctime);
  return seconds >= start - tickSeconds && seconds <= end + tickSeconds;
}
