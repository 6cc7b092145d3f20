import { createHash } from "node:crypto";
import { type Acknowledged, databaseClients } from "./clients.ts";
import type { Evidence } from "./evidence.ts";
import { amount, showTable } from "./terminal.ts";

interface Comparison {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly isEqual: boolean;
}

/** Shows what was compared; true when nothing was lost, changed or added. */
export function showProof(told: Acknowledged, before: Evidence, after: Evidence): boolean {
  const rows = compareAll(told, before, after);
  showTable<Comparison>(
    [
      { title: "COMPARED", value: (row) => row.what },
      { title: "BEFORE", value: (row) => row.before, align: "right" },
      { title: "RESTORED", value: (row) => row.after, align: "right" },
      {
        title: "EQUAL",
        value: (row) => (row.isEqual ? "✔" : "✖ NO"),
        colour: (row) => (row.isEqual ? "green" : "red"),
      },
    ],
    rows,
  );
  return rows.every((row) => row.isEqual);
}

function compareAll(told: Acknowledged, before: Evidence, after: Evidence): Comparison[] {
  const isSame = (name: string) => before.files.get(name) === after.files.get(name);
  const counted = (what: string, one: number, other: number, isEqual: boolean) => ({
    what,
    before: amount(one),
    after: amount(other),
    isEqual,
  });
  const named = (name: string) => ({
    what: name,
    before: short(before.files.get(name)),
    after: short(after.files.get(name)),
    isEqual: before.files.has(name) && isSame(name),
  });
  return [
    acknowledged("payments acknowledged", told.transactions, after.transactions, databaseClients),
    counted(
      "rows in 4 tables, each hashed",
      before.rows,
      after.rows,
      before.database === after.database,
    ),
    acknowledged("orders acknowledged", told.keys, after.lastKey, 1),
    counted("keys in Redis", before.keys, after.keys, before.keys === after.keys),
    counted(
      "files and directories of the project",
      before.files.size,
      after.files.size,
      [...before.files.keys(), ...after.files.keys()].every(isSame),
    ),
    ...[".env", "httpd.conf", "compose.yaml"].map(named),
    {
      what: "the page that the web server sends",
      before: `${before.page.length} bytes`,
      after: `${after.page.length} bytes`,
      isEqual: before.page === after.page,
    },
  ];
}

/** Each client may have one act under way that is stored but could not be acknowledged any more. */
function acknowledged(what: string, told: number, after: number, clients: number): Comparison {
  const underWay = after - told;
  return {
    what,
    before: amount(told),
    after: underWay > 0 ? `${amount(told)} + ${underWay} under way` : amount(after),
    isEqual: underWay >= 0 && underWay <= clients,
  };
}

function short(description: string | undefined): string {
  if (description === undefined) return "absent";
  return createHash("sha256").update(description).digest("hex").slice(0, 12);
}
