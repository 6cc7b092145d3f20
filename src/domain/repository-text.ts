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

/** It opens as the former one did: nothing else would be seen of it but that the points are gone. */
export function replacedText(name: string): string {
  return `repository ${name}: another repository lies where the earlier one was, without its points: put that one back if this was not meant, since backups go into this one from now on`;
}
