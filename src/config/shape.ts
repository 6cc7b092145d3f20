import { z } from "zod";
import { type Trait, traits } from "./schema/values.ts";

export type Schema = z.core.$ZodType;
export type Key = string | number;

/** What a schema accepts, as far as walking through it needs to know. */
export type Shape =
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Schema>> }
  | { readonly kind: "map"; readonly value: Schema }
  | { readonly kind: "list"; readonly item: Schema }
  | { readonly kind: "choice"; readonly by: string; readonly options: readonly Schema[] }
  | { readonly kind: "scalar" };

export interface Facts {
  readonly shape: Shape;
  readonly description: string | undefined;
  /** As one would write it in the file; undefined when there is none. */
  readonly default: unknown;
  readonly nullable: boolean;
  readonly required: boolean;
  readonly trait: Trait | undefined;
  /** Without optional, default, nullable and transformation. */
  readonly inner: z.core.$ZodTypes;
}

/** Wrappers of a schema from the outside in, the bare schema last. */
function layers(schema: Schema): z.core.$ZodTypes[] {
  const node = schema as z.core.$ZodTypes;
  const def = node._zod.def;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "readonly":
      return [node, ...layers(def.innerType)];
    case "pipe":
      return [node, ...layers(def.in)];
    default:
      return [node];
  }
}

function shapeOf(inner: z.core.$ZodTypes): Shape {
  const def = inner._zod.def;
  switch (def.type) {
    case "object":
      return { kind: "object", fields: def.shape };
    case "record":
      return { kind: "map", value: def.valueType };
    case "array":
      return { kind: "list", item: def.element };
    case "union":
      return "discriminator" in def && typeof def.discriminator === "string"
        ? { kind: "choice", by: def.discriminator, options: def.options }
        : { kind: "scalar" };
    default:
      return { kind: "scalar" };
  }
}

/** A plain union carries the trait of one of its options: a hook is a path or a command. */
function traitOf(nodes: readonly z.core.$ZodTypes[], inner: z.core.$ZodTypes): Trait | undefined {
  const own = nodes.map((node) => traits.get(node)?.trait).find((trait) => trait !== undefined);
  const def = inner._zod.def;
  if (own !== undefined || def.type !== "union") return own;
  return def.options.map((o) => traits.get(o)?.trait).find((trait) => trait !== undefined);
}

export function factsOf(schema: Schema): Facts {
  const nodes = layers(schema);
  const inner = nodes.at(-1) ?? (schema as z.core.$ZodTypes);
  const types = nodes.map((node) => node._zod.def.type);
  let fallback: unknown;
  for (const { _zod } of nodes) {
    if (_zod.def.type === "default" || _zod.def.type === "prefault")
      fallback = _zod.def.defaultValue;
  }
  return {
    shape: shapeOf(inner),
    description: nodes
      .map((n) => z.globalRegistry.get(n)?.description)
      .find((d) => d !== undefined),
    default: fallback,
    nullable: types.includes("nullable"),
    required: !types.some((type) => ["optional", "default", "prefault"].includes(type)),
    trait: traitOf(nodes, inner),
    inner,
  };
}

/** The values that a scalar is one of, when they are few and named. */
export function choicesOf(schema: Schema): string[] {
  const def = factsOf(schema).inner._zod.def;
  if (def.type === "enum") return Object.values(def.entries).map(String);
  if (def.type === "literal") return def.values.map(String);
  if (def.type === "union") return def.options.flatMap(choicesOf);
  return [];
}

/** The option of a choice that a value names, if it names one. */
export function chosen(shape: Shape & { kind: "choice" }, value: unknown): Schema | undefined {
  if (!isRecord(value)) return undefined;
  return shape.options.find((option) => {
    const { shape: fields } = factsOf(option);
    const tag = fields.kind === "object" ? fields.fields[shape.by] : undefined;
    return tag !== undefined && choicesOf(tag).includes(String(value[shape.by]));
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
