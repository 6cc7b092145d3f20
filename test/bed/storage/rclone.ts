import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { aptInstall } from "../debian.ts";
import { findProgram } from "../paths.ts";
import { makePlace } from "./place.ts";

export interface RcloneRemote extends AsyncDisposable {
  /** `remote:path` */
  readonly remote: string;
  /** Where nobody answers. */
  readonly awayRemote: string;
  readonly configFile: string;
  /** Empty. */
  readonly directory: string;
}

export async function installRclone(): Promise<string> {
  const found = findProgram("rclone");
  if (found !== undefined) return found;
  await aptInstall("rclone", ["rclone"]);
  return findProgram("rclone") ?? "rclone";
}

/** A remote that only its own configuration file knows. */
export async function makeRcloneRemote(): Promise<RcloneRemote> {
  await installRclone();
  const place = await makePlace("rclone");
  const directory = join(place.path, "data");
  await mkdir(directory);
  const configFile = join(place.path, "rclone.conf");
  const away = `http://127.0.0.1:${await freePort()}`;
  const keep = `[keep]\ntype = alias\nremote = ${directory}\n`;
  const config = `${keep}[away]\ntype = webdav\nurl = ${away}\nvendor = other\n`;
  await writeFile(configFile, config, { mode: 0o600 });
  return {
    remote: "keep:backups",
    awayRemote: "away:backups",
    configFile,
    directory,
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}
