/** Last part of an image's repository → the database that runs in it. */
const families: Readonly<Record<string, readonly string[]>> = {
  postgres: [
    "postgres",
    "postgresql",
    "postgis",
    "pgvector",
    "pgvecto-rs",
    "timescaledb",
    "timescaledb-ha",
    "spilo",
    "pg_auto_failover",
  ],
  mysql: ["mysql", "mysql-server", "percona", "percona-server"],
  mariadb: ["mariadb", "mariadb-galera"],
  mongo: ["mongo", "mongodb", "mongodb-community-server", "percona-server-mongodb"],
  redis: ["redis", "redis-stack", "redis-stack-server", "keydb", "dragonfly"],
  valkey: ["valkey", "valkey-bundle"],
  influxdb: ["influxdb", "influxdb2", "influxdb3-core"],
  elasticsearch: ["elasticsearch"],
  opensearch: ["opensearch"],
  cassandra: ["cassandra", "scylla"],
  clickhouse: ["clickhouse", "clickhouse-server"],
  cockroachdb: ["cockroach", "cockroachdb"],
  couchdb: ["couchdb"],
  neo4j: ["neo4j"],
  mssql: ["mssql", "mssql-server", "azure-sql-edge"],
  etcd: ["etcd"],
  arangodb: ["arangodb"],
  rethinkdb: ["rethinkdb"],
  surrealdb: ["surrealdb"],
  firebird: ["firebird"],
  oracle: ["oracle-free", "oracle-xe"],
  meilisearch: ["meilisearch"],
  qdrant: ["qdrant"],
};

const byImage = new Map(
  Object.entries(families).flatMap(([family, names]) => names.map((name) => [name, family])),
);

/**
 * The database that an image holds, by its name alone: `postgres` for
 * `registry.example:5000/bitnami/postgresql:16@sha256:…`; undefined for tools around databases.
 */
export function databaseOf(image: string): string | undefined {
  const repository = image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const parts = repository.toLowerCase().split("/");
  if (parts.at(-1) === "server" && parts.at(-2) === "mssql") return "mssql";
  return byImage.get(parts.at(-1) ?? "");
}
