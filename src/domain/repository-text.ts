/** An error of a repository, for people: many name it already, and none shall twice. */
export function aboutRepository(name: string, message: string): string {
  return `repository ${name}: ${withoutRepository(name, message)}`;
}

export function withoutPoint(name: string, message: string): string {
  return `repository ${name} has no point: ${withoutRepository(name, message)}`;
}

export function withoutRepository(name: string, message: string): string {
  const named = `repository ${name}: `;
  return message.startsWith(named) ? message.slice(named.length) : message;
}
