/** How often a test repeats what chance decides: `make kills` asks for all of it, `make test` for a part. */
export function times(all: number, part: number): number {
  return process.env.STACKHOLD_TEST_THOROUGH === undefined ? part : all;
}
