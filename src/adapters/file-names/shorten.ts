import { digest } from "../../digest.ts";
import { cut, looksCut, shorten as shortenBy } from "../../domain/file-name.ts";

/** Cut to so many bytes where it is longer. */
export function shorten(name: string, limit: number): string {
  return shortenBy(name, limit, digest);
}

/** The same where no other name may have this one's file, not even one that looks as this one cut. */
export function shortenApart(name: string, limit: number): string {
  return looksCut(name, limit) ? cut(name, limit, digest) : shorten(name, limit);
}
