import { unescapeName } from "./two-phase/index-line.ts";

/** A name in tar's messages has its colons escaped: GNU tar 1.34, quotearg_colon. */
const about = String.raw`^tar: ((?:[^\\:]|\\.)+): `;
const causes = [
  ...["No such file or directory", "Not a directory", "File exists", "Is a directory"],
  ...["Directory not empty", "Too many levels of symbolic links"],
  "Operation not permitted", // a hard link to what is a directory by then
].join("|");
/** What an archive that contradicts itself makes tar say while it unpacks: src/extract.c. */
const contradiction = new RegExp(
  `${about}(?:Cannot .*: (?:${causes})|Directory renamed before its status could be extracted)$`,
);
const closing = /^tar: Exiting with failure status due to previous errors$/;
/** No failure: tar goes on and ends with 0. src/xattrs.c. */
const attribute = /^tar: .*: Cannot set .* (?:attribute|ACL|context)\b|: Warning: /;

/** Judges what tar says about an archive that was made while the tree moved, line by line. */
export interface Contradictions {
  /** False for a line that is worth telling. */
  tolerates(line: string): boolean;
  /** Every failure so far is about a name that is put right later. */
  readonly isExcused: boolean;
}

export function excuseContradictions(covers: (name: string) => boolean): Contradictions {
  let excused = 0;
  let serious = 0;
  return {
    tolerates(line) {
      if (closing.test(line)) return excused > 0 && serious === 0;
      const name = contradiction.exec(line)?.[1];
      const isExcused = name !== undefined && covers(asListed(unescapeName(name)));
      if (isExcused) excused += 1;
      else if (!attribute.test(line)) serious += 1;
      return isExcused;
    },
    get isExcused() {
      return excused > 0 && serious === 0;
    },
  };
}

function asListed(name: string): string {
  const bare = name.replace(/\/+$/, "");
  return bare === "." || bare.startsWith("./") ? bare : `./${bare}`;
}
