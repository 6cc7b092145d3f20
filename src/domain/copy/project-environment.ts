/**
 * A project's `.env` with lines at its end that make `docker compose`, run in the directory without
 * options, mean the copy: the directory still has the original's files, whose names and ports are
 * the original's.
 */
export function projectEnvironment(text: string, project: string, file: string): string {
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${gap}# By stackhold restore --to project:${project}
COMPOSE_PROJECT_NAME=${project}
COMPOSE_FILE=${file}
`;
}
