/** Whether a target of its own asks for all of it: `make kills`. */
export const isThorough = process.env.STACKHOLD_TEST_THOROUGH !== undefined;

/** How often a test repeats what chance decides: `make kills` asks for all of it, `make test` for a part. */
export function times(all: number, part: number): number {
  return isThorough ? all : part;
}
