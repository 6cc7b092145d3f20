import type {
  EstimateResult,
  PartEstimate,
  RepositoryEstimate,
  StoredEstimate,
} from "../../domain/estimate-result.ts";
import { formatPart } from "../../domain/part.ts";
import { withoutRepository } from "../../domain/repository-text.ts";
import { bytes } from "../../events/amounts.ts";
import { type Look, plain } from "./list-text.ts";
import { type Column, table } from "./table.ts";

interface Row {
  readonly unit: string;
  readonly part: PartEstimate;
  /** Absent where no repository answers. */
  readonly stored: StoredEstimate | undefined;
}

function basisText({ stored }: Row): string {
  if (stored === undefined) return "";
  const { basis, backupId = "", sampledBytes = 0 } = stored;
  if (basis === "point") return backupId;
  return basis === "sample" ? `a sample of ${bytes(sampledBytes)}` : "an assumption";
}

function columnsFor(rows: readonly Row[]): Column<Row>[] {
  const repositoryOf = ({ stored }: Row) => stored?.repository ?? "";
  const isSeveral = new Set(rows.map(repositoryOf)).size > 1;
  return [
    { title: "UNIT", value: ({ unit }) => unit, gives: "nothing" },
    { title: "PART", value: ({ part }) => formatPart(part) },
    { title: "DATA", value: ({ part }) => bytes(part.bytes), align: "right", gives: "nothing" },
    { title: "ENTRIES", value: ({ part }) => String(part.files), align: "right", gives: 1 },
    ...(isSeveral ? [{ title: "REPOSITORY", value: repositoryOf }] : []),
    {
      title: "STORED",
      value: ({ stored }) => (stored === undefined ? "" : `~ ${bytes(stored.storedBytes)}`),
      align: "right",
      gives: "nothing",
    },
    { title: "FROM", value: basisText, gives: 2 },
  ];
}

export function repositoryText(estimate: RepositoryEstimate): string {
  const { name, storedBytes, neededBytes, freeBytes, enough, error } = estimate;
  if (error !== undefined) return `${name}: ${withoutRepository(name, error.message)}`;
  const needs = `${name}: about ${bytes(storedBytes)} to store, needs ${bytes(neededBytes)} free`;
  if (freeBytes === undefined) return needs;
  return `${needs}, has ${enough === true ? "" : "only "}${bytes(freeBytes)}`;
}

export function estimateText(
  { units, repositories }: EstimateResult,
  { columns }: Pick<Look, "columns">,
): string {
  const rows = units.flatMap(({ unit, parts }) =>
    parts.flatMap((part): Row[] =>
      part.stored.length === 0
        ? [{ unit, part, stored: undefined }]
        : part.stored.map((stored) => ({ unit, part, stored })),
    ),
  );
  return [
    ...(rows.length === 0 ? [] : table(columnsFor(rows), rows, { paint: plain, columns })),
    ...units.flatMap(({ unit, error }) => (error ? [`${unit}: error: ${error.message}`] : [])),
    ...repositories.map(repositoryText),
  ].join("\n");
}
