/** As Compose makes a project name of a directory's (compose-go, loader.NormalizeProjectName). */
export function normaliseProjectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}
