import { distance } from "fastest-levenshtein";

/** The candidate that was probably meant, if one is near enough to be worth naming. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  // Two neighbours swapped count as two edits.
  const limit = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  let best: { candidate: string; score: number } | undefined;
  for (const candidate of candidates) {
    const score = distance(wanted, candidate.toLowerCase());
    if (score <= limit && (best === undefined || score < best.score)) best = { candidate, score };
  }
  return best?.candidate;
}

/** The end of a message about an unknown name: `: did you mean "x"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>, quote = '"'): string {
  const found = suggest(word, candidates);
  return found === undefined ? "" : `: did you mean ${quote}${found}${quote}?`;
}
