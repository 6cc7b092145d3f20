import fc, { type Arbitrary } from "fast-check";
import type { Batch, Earlier, History, Operation } from "./history.ts";

/** Picks an entry of the tree, see `pick` in operations.py. */
const pick = fc.noShrink(fc.nat(999));
const seed = fc.noShrink(fc.nat(99));
const latin1 = (text: string) => Buffer.from(text).toString("latin1");

/** Few enough to meet again. */
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "b", "c", "d", "e") },
  fc.constantFrom(
    ...["-dash", "--checkpoint=1", "new\nline", " blank ", "*?[a]{b}", "back\\slash", "\\012"],
    ...["\xff\xfe", "a\x80\nb", latin1("ünï漢🙂"), "x".repeat(255), "quote\"'`$HOME", ".hidden"],
  ),
);
const size = fc.constantFrom(0, 1, 511, 512, 4096, 5000, 20_000, 70_000, 200_000);
const offset = fc.noShrink(fc.nat(80_000));
const time = fc.constantFrom(
  ...["981173106123456789", "-157766399500000000", "3786912000000000001", "1500000000000000000"],
);
const xattr = fc.constantFrom("user.a", "user.b", "trusted.c");
const mode = fc.constantFrom(0o644, 0o600, 0, 0o755, 0o4755, 0o2755, 0o1777, 0o2770, 0o6711);
const id = fc.constantFrom(0, 33, 1000, 4_000_000_000);
/** Directories most often: what lies below does not notice. */
const movable = fc.constantFrom("d", "d", "d", "f", "fdlo");

type Arguments = Readonly<Record<string, Arbitrary<unknown>>>;
interface Choice {
  readonly weight: number;
  readonly arbitrary: Arbitrary<Operation>;
}

function operation(weight: number, act: string, parts: Arguments): Choice {
  const arbitrary = fc.record({ do: fc.constant(act), ...parts }) as Arbitrary<Operation>;
  return { weight, arbitrary };
}

const growth: readonly Choice[] = [
  operation(20, "create", { into: pick, name, size, seed }),
  operation(8, "mkdir", { into: pick, name, depth: fc.constantFrom(1, 1, 1, 2, 7) }),
  operation(2, "symlink", {
    ...{ into: pick, name },
    to: fc.oneof(pick, fc.constantFrom("no/where", "..", "/etc/passwd", "y".repeat(300))),
  }),
  operation(2, "special", { into: pick, name, kind: fc.constantFrom("fifo", "socket", "device") }),
  operation(1, "sparse", { into: pick, name, size: fc.constantFrom(2, 4), seed }),
  // Hard links of FIFOs and devices are left out: tar makes files of their own of them, a known limit.
  operation(6, "link", { entry: pick, into: pick, name }),
  operation(4, "twin", {
    ...{ directory: pick, into: pick, name, seed },
    alter: fc.constantFrom("content", "content", "size", "time"),
  }),
];

const attributes: readonly Choice[] = [
  operation(1, "chmod", { entry: pick, mode }),
  operation(1, "chown", { entry: pick, uid: id, gid: id }),
  operation(2, "utimes", { entry: pick, time: fc.oneof(time, fc.constant(null)) }),
  operation(2, "xattr", {
    ...{ entry: pick, name: xattr },
    value: fc.constantFrom("1", "2", "\x00\xff", null),
  }),
  operation(2, "acl", {
    ...{ entry: pick, kind: fc.constantFrom("access", "default"), user: id },
    permissions: fc.constantFrom(7, 4, 0, null),
  }),
];

const content: readonly Choice[] = [
  operation(2, "append", { file: pick, size, seed }),
  operation(1, "truncate", { file: pick, size }),
  operation(6, "rewrite", { file: pick, seed, restore: fc.constantFrom(true, true, false) }),
  operation(3, "replace", { file: pick, seed, restore: fc.constantFrom(true, true, false) }),
  operation(2, "recreate", { file: pick, seed }),
  operation(3, "map", { file: pick, at: offset }),
  operation(5, "poke", { mapping: pick, at: offset }),
  operation(1, "begin_write", { file: pick, seed }),
  operation(1, "end_write", {}),
];

const by = fc.constantFrom("symlink", "directory", "fifo", "file", "itself");
const names: readonly Choice[] = [
  operation(4, "delete", { entry: pick }),
  operation(4, "rename", { entry: pick, into: pick, name }),
  operation(6, "swap", { one: pick, other: pick, among: movable }),
  operation(5, "away", { entry: pick, among: movable }),
  operation(5, "mask", { entry: pick, among: movable, by, to: pick }),
  operation(14, "undo", { number: fc.constantFrom(0, 0, 0, 1, 2) }),
];

const making = fc.oneof(...growth, ...attributes, ...content.slice(5, 7));
const changing = fc.oneof(
  { weight: 1, arbitrary: fc.oneof(...growth) },
  { weight: 1, arbitrary: fc.oneof(...attributes) },
  { weight: 3, arbitrary: fc.oneof(...content) },
  { weight: 4, arbitrary: fc.oneof(...names) },
);
const several = (most: number) => fc.array(changing, { maxLength: most });
const batch: Arbitrary<Batch> = fc.record({
  held: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  do: fc.array(changing, { minLength: 1, maxLength: 5 }),
});

/** There and back, so that the hot pass reads what the listings do not show. */
const excursion: Arbitrary<readonly Batch[]> = fc
  .tuple(
    fc.oneof(
      operation(1, "swap_twins", { number: pick }).arbitrary,
      operation(1, "swap_twins", { number: pick }).arbitrary,
      operation(1, "mask", { entry: pick, among: movable, by, to: pick }).arbitrary,
      operation(1, "away", { entry: pick, among: movable }).arbitrary,
    ),
    operation(1, "come_back", { touch: fc.boolean() }).arbitrary,
  )
  .map((both) => both.map((each) => ({ held: true, do: [each] })));

const during = fc.oneof(fc.array(batch, { maxLength: 3, size: "max" }), excursion);
const step = fc.integer({ min: 2, max: 32 });

const parts = {
  before: several(4),
  beginning: several(2),
  pauses: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  listed: several(4),
  ...{ during, step },
  stored: several(4),
  refreshed: fc.option(several(3)),
  targets: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.constant(2)),
  byHand: fc.boolean(),
};
// The last to shrink, because another tree must age.
const old = fc.array(making, { minLength: 12, maxLength: 45, size: "max" });

/** Of a tree that was never stored before. */
export const histories: Arbitrary<History> = fc.record({
  ...parts,
  ...{ old, earlier: fc.constant([]) },
});

/** What no size and no mtime shows, most often. */
const unseen = fc.oneof(
  { weight: 3, arbitrary: operation(1, "swap_alike", { number: pick }).arbitrary },
  operation(1, "rewrite", { file: pick, seed, restore: fc.constant(true) }).arbitrary,
  operation(1, "replace", { file: pick, seed, restore: fc.constant(true) }).arbitrary,
  operation(1, "recreate", { file: pick, seed }).arbitrary,
  operation(1, "swap_twins", { number: pick }).arbitrary,
  { weight: 3, arbitrary: operation(1, "come_back", { touch: fc.boolean() }).arbitrary },
  { weight: 2, arbitrary: changing },
);

const halfExcursion = excursion.map((batches) => batches.slice(0, 1));

const earlier: Arbitrary<Earlier> = fc.record({
  during: fc.oneof(fc.constant([]), during, excursion, halfExcursion),
  step,
  fate: fc.oneof(
    { weight: 7, arbitrary: fc.constant("published" as const) },
    fc.constantFrom("discarded" as const, "forgotten" as const, "broken off" as const),
  ),
  afterwards: fc.array(unseen, { maxLength: 4 }),
});

/** Of a tree that was stored before, once or twice. */
export const laterHistories: Arbitrary<History> = fc.record({
  ...parts,
  earlier: fc.array(earlier, { minLength: 1, maxLength: 2 }),
  old,
});
