import { z } from "zod";
import { configSchema } from "./schema/config-schema.ts";

/** JSON Schema of the file, for editors and the API. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    title: "Stackhold configuration",
    ...z.toJSONSchema(configSchema, { io: "input", target: "draft-2020-12" }),
  };
}
