/** As Compose makes a project name of a directory's (compose-go, loader.NormalizeProjectName). */
export function normaliseProjectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}

/** What Compose takes as it is. */
export function isProjectName(text: string): boolean {
  return text !== "" && normaliseProjectName(text) === text;
}

/** For people, of such a name. */
export const projectNameRule =
  "lower-case letters, digits, - and _, beginning with a letter or a digit";
