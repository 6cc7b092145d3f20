import { parse } from "yaml";
import { z } from "zod";

const serviceSchema = z.looseObject({
  image: z.string().optional(),
  profiles: z.array(z.string()).optional(),
});

const fileSchema = z.looseObject({
  name: z.string().optional(),
  services: z.record(z.string(), serviceSchema.nullable()).nullish(),
});

/** What discovery takes from one compose file, variables not yet filled in. */
export interface ComposeText {
  readonly name?: string;
  readonly services: ReadonlyMap<string, ServiceText>;
}

export interface ServiceText {
  readonly image?: string;
  readonly profiles?: readonly string[];
}

/** Throws an Error that says in one line what is wrong with the text. */
export function parseComposeFile(text: string): ComposeText {
  const read = fileSchema.safeParse(parseYaml(text) ?? {});
  if (!read.success) throw new Error(firstIssue(read.error));
  const { name, services } = read.data;
  const found = Object.entries(services ?? {}).map(([key, service]): [string, ServiceText] => [
    key,
    { ...omitUndefined("image", service?.image), ...omitUndefined("profiles", service?.profiles) },
  ]);
  return { ...omitUndefined("name", name), services: new Map(found) };
}

/** Compose files are YAML 1.2 with merge keys; its own tags `!reset` and `!override` pass. */
function parseYaml(text: string): unknown {
  try {
    return parse(text, { merge: true, logLevel: "error" });
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(message.split("\n", 1)[0]?.replace(/:$/, ""), { cause: thrown });
  }
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined
    ? "invalid"
    : `${issue.path.join(".") || "the file"}: ${issue.message}`;
}

function omitUndefined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
