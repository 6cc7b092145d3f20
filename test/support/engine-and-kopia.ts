import { describe } from "vitest";
import { describeWithEngine } from "../bed/bed.ts";
import { kopiaProgram } from "./kopia.ts";

/** `describe` for whole runs with Kopia; skipped where either cannot be had and STACKHOLD_REQUIRE allows that. */
export const describeWithEngineAndKopia = kopiaProgram === "" ? describe.skip : describeWithEngine;
