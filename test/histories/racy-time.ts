import { tickSeconds } from "../../src/domain/two-phase/racy.ts";

/**
 * So far from a listing a change is not held for racy, which would be copied again whatever else is
 * known. File systems stamp the kernel's clock, so there is nothing to do but to let it go on.
 */
export const ageMs = tickSeconds * 1000 + 500;
