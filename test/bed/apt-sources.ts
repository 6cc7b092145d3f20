import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** An archive that the machine itself uses: its address and the keyring that it trusts for it. */
export type AptSource = { uri: string; suites: string[]; signedBy?: string };

const directory = "/etc/apt";

/** The binary package sources of the machine, from one-line lists and deb822 files, in apt's order. */
export function machineSources(root: string = directory): AptSource[] {
  const parts = join(root, "sources.list.d");
  const files = [join(root, "sources.list"), ...names(parts).map((name) => join(parts, name))];
  return files.flatMap((file) => {
    if (file.endsWith(".list")) return oneLine(text(file));
    return file.endsWith(".sources") ? deb822(text(file)) : [];
  });
}

/** `deb [signed-by=…] URI SUITE COMPONENT…`, see sources.list(5). */
export function oneLine(content: string): AptSource[] {
  const pattern = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/gm;
  return [...content.matchAll(pattern)].map(([, options = "", uri = "", suite = ""]) =>
    source(uri, [suite], /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1]),
  );
}

/** Paragraphs of `Types`, `URIs`, `Suites`, `Signed-By`; a keyring may be given inline over several lines. */
export function deb822(content: string): AptSource[] {
  const plain = content.replace(/^#.*\n?/gm, "");
  return plain.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t].*)*)`, "im").exec(paragraph)?.[1]?.trim();
    const words = (name: string) => (field(name) ?? "").split(/\s+/).filter(Boolean);
    if (!words("Types").includes("deb") || /^no$/i.test(field("Enabled") ?? "")) return [];
    return words("URIs").map((uri) => source(uri, words("Suites"), field("Signed-By")));
  });
}

function source(uri: string, suites: string[], signedBy: string | undefined): AptSource {
  return signedBy === undefined ? { uri, suites } : { uri, suites, signedBy };
}

function names(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
