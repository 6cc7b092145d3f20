import type { Site } from "./site.ts";

/** What a service answers to a browser on this host, at whatever port the engine publishes. */
export async function httpOf(
  site: Site,
  project: string,
  service: string,
  port: number,
  path: string,
): Promise<string> {
  const filters = [`project=${site.nameOf(project)}`, `service=${service}`];
  const labels = filters.flatMap((one) => ["--filter", `label=com.docker.compose.${one}`]);
  const ids = await site.docker("ps", "-q", ...labels);
  const [id = ""] = ids.split("\n");
  const published = (await site.docker("port", id, `${port}/tcp`)).split("\n")[0];
  return (await fetch(`http://${published}${path}`)).text();
}

export const mariadb = (site: Site, project: string, service: string, statement: string) =>
  site.exec(
    project,
    service,
    "mariadb",
    "-h",
    "127.0.0.1",
    "-u",
    "app",
    "-N",
    "--default-character-set=utf8mb4",
    "-e",
    statement,
    "app",
  );

/** For the database server of the same container. */
export const psql = (database: string, statement: string): string[] => [
  ...["psql", "-qAtX", "-h", "127.0.0.1", "-U", "postgres", "-d", database],
  ...["-v", "ON_ERROR_STOP=1", "-c", statement],
];

export const postgres = (site: Site, project: string, database: string, statement: string) =>
  site.exec(project, "db", ...psql(database, statement));
