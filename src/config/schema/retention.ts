import { z } from "zod";
import { count } from "./values.ts";

/** `days`, or counts; a block replaces the wider one whole. */
export const retentionSchema = z
  .strictObject({
    days: count().optional().describe("Keep points for so many days"),
    latest: count().optional().describe("Keep so many of the newest points"),
    hourly: count().optional().describe("Keep the newest point of so many hours"),
    daily: count().optional().describe("Keep the newest point of so many days"),
    weekly: count().optional().describe("Keep the newest point of so many weeks"),
    monthly: count().optional().describe("Keep the newest point of so many months"),
    yearly: count().optional().describe("Keep the newest point of so many years"),
  })
  .superRefine((value, context) => {
    const given = Object.entries(value).filter(([, n]) => n !== undefined);
    if (given.length === 0) context.addIssue("says nothing: give days, or counts such as daily: 7");
    if (value.days !== undefined && given.length > 1) {
      context.addIssue("`days` stands alone: give days, or counts such as daily: 7");
    }
  });
