import { expect, it } from "vitest";
import { databaseOf } from "./databases.ts";

it.each([
  ["postgres", "postgres"],
  ["postgres:16-alpine", "postgres"],
  ["registry.example:5000/bitnami/postgresql:16@sha256:abc", "postgres"],
  ["ghcr.io/immich-app/postgres:14-vectorchord", "postgres"],
  ["mysql/mysql-server:8.0", "mysql"],
  ["lscr.io/linuxserver/mariadb:latest", "mariadb"],
  ["mongo:7", "mongo"],
  ["redis/redis-stack-server", "redis"],
  ["valkey/valkey:8", "valkey"],
  ["influxdb:2", "influxdb"],
  ["docker.elastic.co/elasticsearch/elasticsearch:8.1.0", "elasticsearch"],
  ["mcr.microsoft.com/mssql/server:2022-latest", "mssql"],
])("knows %s as %s", (image, database) => {
  expect(databaseOf(image)).toBe(database);
});

it.each([
  "nginx",
  "mongo-express",
  "phpmyadmin/phpmyadmin",
  "quay.io/prometheuscommunity/postgres-exporter",
  "postgres.example/web",
  "localhost:5432/app",
  "sha256:0123",
  "",
])("takes %s for no database", (image) => {
  expect(databaseOf(image)).toBeUndefined();
});
