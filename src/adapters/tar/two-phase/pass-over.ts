import type { Changes } from "../../../domain/two-phase/changes.ts";
import type { Counted, Stretches } from "../../../domain/two-phase/stretches.ts";
import { nameOf } from "../listing.ts";

/** What may be passed over in a listing, as it comes in batches. */
export interface Passing {
  /** Records that are to be looked at one by one, and those that need not be. */
  sort(records: readonly string[], sink: PassingSink): void;
  /** The listing, or a portion of it, is over. */
  end(sink: PassingSink): void;
}

export interface PassingSink {
  look(record: string): void;
  passOver(records: readonly string[], counted: Readonly<Counted>): void;
}

/** Without stretches everything is looked at. */
export function createPassing(stretches: Stretches | undefined, changes: Changes): Passing {
  /** Came, but not all that belongs to the stretch that begins with the first of them. */
  let pending: readonly string[] = [];
  const sortAll = (records: readonly string[], isEnd: boolean, sink: PassingSink) => {
    const all = pending.length === 0 ? records : [...pending, ...records];
    let index = 0;
    for (let record = all[0]; record !== undefined; record = all[index]) {
      const stretch = stretches?.beginningWith(record);
      const end = index + (stretch?.records ?? 0);
      if (end > all.length && !isEnd) break;
      const neighbours = all.slice(index, end);
      if (stretch?.isSame(neighbours) === true && changes.mayPassOver(nameOf(record))) {
        sink.passOver(neighbours, stretch.counted);
        index = end;
      } else {
        sink.look(record);
        index += 1;
      }
    }
    pending = all.slice(index);
  };
  return {
    sort: (records, sink) => sortAll(records, false, sink),
    end: (sink) => sortAll([], true, sink),
  };
}
