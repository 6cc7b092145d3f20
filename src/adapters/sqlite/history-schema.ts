import type { DatabaseSync } from "node:sqlite";
import { StackholdError } from "../../errors.ts";

/** `user_version` is how many of these were applied. Append only: files out there hold the rest. */
const migrations: readonly string[] = [
  `create table runs (
     run_id text primary key, operation text not null, trigger text not null, status text not null,
     started_at text not null, finished_at text, units text not null, result text
   ) strict;
   create index runs_by_time on runs (started_at);
   create table outcomes (
     run_id text not null, unit text not null, backup_id text not null, status text not null,
     at text not null, downtime_ms real not null, duration_ms real not null,
     bytes real not null, stored_bytes real not null, gaps text not null,
     primary key (unit, run_id)
   ) strict;
   create index outcomes_by_time on outcomes (unit, at);
   create table verifications (
     repository text not null, host text not null, unit text not null, backup_id text not null,
     at text not null, ok integer not null, deep integer not null
   ) strict;
   create index verifications_by_unit on verifications (unit, at);`,
];

/** Brings the schema up to date; several processes may do so at once. */
export function migrate(database: DatabaseSync, file: string): void {
  if (isUpToDate(database)) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    assertKnownVersion(database, file);
    for (const migration of migrations.slice(versionOf(database))) database.exec(migration);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** NEWER_FORMAT when a newer Stackhold wrote the file. Changes nothing in it. */
export function assertKnownVersion(database: DatabaseSync, file: string): void {
  const version = versionOf(database);
  if (version > migrations.length) throw newer(file, version);
}

export function isUpToDate(database: DatabaseSync): boolean {
  return versionOf(database) === migrations.length;
}

function versionOf(database: DatabaseSync): number {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() ?? {};
  return Number(version);
}

function newer(file: string, version: number): StackholdError {
  const known = `this one knows ${migrations.length}`;
  return new StackholdError(
    "NEWER_FORMAT",
    `${file} was written by a newer Stackhold (format ${version}, ${known})`,
    { hint: "use the newer Stackhold, or move the file away: it holds only history" },
  );
}
