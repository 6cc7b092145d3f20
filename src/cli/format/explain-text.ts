import { type ExplainedValue, sourceText } from "../../config/explain/explained.ts";
import { type Look, plain } from "./list-text.ts";
import { type Column, table } from "./table.ts";

/** Of a unit, what it decides for itself. */
export interface ExplainedUnit {
  readonly unit: string;
  readonly kind: string;
  readonly values: readonly ExplainedValue[];
}

interface Row {
  readonly key: string;
  readonly of: string;
  readonly value: string;
  readonly from: string;
}

const columns: readonly Column<Row>[] = [
  { title: "KEY", value: ({ key }) => key, gives: "nothing" },
  { title: "OF", value: ({ of }) => of },
  { title: "VALUE", value: ({ value }) => value },
  { title: "FROM", value: ({ from }) => from },
];

/** A command as one would type it, other lists with commas. */
function valueText(key: string, value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  if (value.length === 0) return "[]";
  return value.map(listItem).join(key.startsWith("hooks.") ? " " : ", ");
}

const listItem = (item: unknown) => (Array.isArray(item) ? `[${item.join(", ")}]` : String(item));

function rowsOf(one: ExplainedValue): Row[] {
  const { key, of = "", value, entries = [], overruled } = one;
  if (entries.length > 0) {
    return entries.map((entry, index) => ({
      key: index === 0 ? key : "",
      of,
      value: entry.value,
      from: sourceText(entry),
    }));
  }
  const note = overruled === true ? " (overruled)" : "";
  return [{ key, of, value: valueText(key, value) + note, from: sourceText(one) }];
}

function valuesTable(values: readonly ExplainedValue[], look: Pick<Look, "columns">): string[] {
  return table(columns, values.flatMap(rowsOf), { paint: plain, columns: look.columns });
}

export function explainUnitText(
  { values }: Pick<ExplainedUnit, "values">,
  look: Pick<Look, "columns">,
): string {
  return valuesTable(values, look).join("\n");
}

/** What holds for all, then what single units have of their own. */
export function explainAllText(
  { values, units }: Pick<ExplainedUnit, "values"> & { readonly units: readonly ExplainedUnit[] },
  look: Pick<Look, "columns">,
): string {
  const own = units.filter((unit) => unit.values.length > 0);
  const others = units.filter((unit) => unit.values.length === 0).map(({ unit }) => unit);
  return [
    ...valuesTable(values, look),
    ...own.flatMap((unit) => [
      "",
      `${unit.unit} has of its own:`,
      ...valuesTable(unit.values, look),
    ]),
    ...(others.length === 0 ? [] : ["", `Nothing of their own: ${others.join(", ")}`]),
  ].join("\n");
}
