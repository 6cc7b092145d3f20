import { longestName } from "../../domain/file-name.ts";
import type { ArchiveFile, Compression } from "../../domain/manifest.ts";
import { escapeName, type PartId, partStem, stemLimit } from "../../domain/part.ts";
import { sealedExtension } from "../age/filters.ts";
import { shorten } from "../file-names/shorten.ts";

export const repositoryFile = "stackhold-repository.json";
export const manifestFile = "manifest.json";
export const latestLink = "latest";
/** Beside a point's manifest: it must not be removed. */
export const pinFile = "pinned";

/** In an encrypted repository: an identity that a passphrase opens. */
export const identityFile = "stackhold-identity.age";

const reserved = [repositoryFile, identityFile, latestLink, "lost+found"];

/**
 * The one directory component that stands for a host or a unit. Beyond `escapeName`, a leading
 * dot, names of ours, NUL and the empty name are %-escaped, so that no name leads elsewhere.
 */
export function directoryName(name: string): string {
  if (name === "") return "%";
  const escaped = escapeName(name);
  const guarded = escaped.startsWith(".") || reserved.includes(escaped);
  const whole = guarded ? `${percent(escaped.charCodeAt(0))}${escaped.slice(1)}` : escaped;
  return shorten(whole, longestName);
}

/** Undefined for a directory that `directoryName` would never make. A shortened name stays so. */
export function nameOfDirectory(directory: string): string | undefined {
  const name =
    directory === "%"
      ? ""
      : directory.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) =>
          String.fromCharCode(Number.parseInt(code, 16)),
        );
  return directoryName(name) === directory ? name : undefined;
}

const extensions: Readonly<Record<Compression, string>> = {
  zstd: ".tar.zst",
  gzip: ".tar.gz",
  none: ".tar",
};
const listingExtensions: Readonly<Record<Compression, string>> = {
  zstd: ".list.zst",
  gzip: ".list.gz",
  none: ".list",
};

export function archiveFileName(
  part: PartId,
  role: ArchiveFile["role"],
  compression: Compression,
  recipients?: readonly string[],
): string {
  return sealedName(plainFileName(part, role, compression), recipients);
}

function sealedName(name: string, recipients: readonly string[] | undefined): string {
  return recipients === undefined ? name : `${name}${sealedExtension}`;
}

function plainFileName(part: PartId, role: ArchiveFile["role"], compression: Compression): string {
  const stem = shorten(unambiguous(partStem(part)), stemLimit);
  if (role === "deleted") return `${stem}.deleted`;
  if (role === "listing") return `${stem}${listingExtensions[compression]}`;
  return `${stem}${role === "delta" ? ".delta" : ""}${extensions[compression]}`;
}

const imageExtensions: Readonly<Record<Compression, string>> = {
  zstd: ".image.zst",
  gzip: ".image.gz",
  none: ".image",
};

/** With the recipe, and no `.tar`, so that nobody takes it for a part. */
export function imageFileName(
  id: string,
  compression: Compression,
  recipients?: readonly string[],
): string {
  const name = `recipe-${id.replace(/^sha256:/, "")}${imageExtensions[compression]}`;
  return sealedName(name, recipients);
}

/** The part `volume:x.delta` is not the delta of `volume:x`. */
function unambiguous(stem: string): string {
  return stem.replace(/\.delta$/, "%2Edelta");
}

function percent(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
}
