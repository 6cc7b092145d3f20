/** An absolute path of the engine's host, `.` and `..` resolved. */
export function resolvePath(base: string, path: string): string {
  const kept: string[] = [];
  for (const name of (path.startsWith("/") ? path : `${base}/${path}`).split("/")) {
    if (name === "..") kept.pop();
    else if (name !== "" && name !== ".") kept.push(name);
  }
  return `/${kept.join("/")}`;
}

export function parentOf(path: string): string {
  return resolvePath(path, "..");
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
