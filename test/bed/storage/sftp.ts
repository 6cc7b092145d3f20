import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { aptInstall } from "../debian.ts";
import { findProgram } from "../paths.ts";
import { run } from "../run.ts";
import { makePlace } from "./place.ts";
import { type Server, startServer } from "./server.ts";

export interface SftpServer extends Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A key that it takes, and one that it does not. */
  readonly keyFile: string;
  readonly strangersKeyFile: string;
  /** With the host's key, and with another's. */
  readonly knownHostsFile: string;
  readonly falseKnownHostsFile: string;
  /** Keys that it takes, asked with each connection. */
  readonly authorizedFile: string;
  /** Empty. */
  readonly directory: string;
}

/** An sshd of our own, for root, with a key of its own. */
export async function startSftp(): Promise<SftpServer> {
  const sshd = await installSshd();
  const place = await makePlace("sftp");
  const at = (name: string) => join(place.path, name);
  for (const name of ["host", "other-host", "user", "stranger"]) {
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at(name)]);
  }
  await writeFile(at("authorized"), await readFile(at("user.pub")), { mode: 0o600 });
  const directory = at("data");
  await mkdir(directory);
  // Where it gives up its rights.
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const port = await freePort();
  await writeFile(
    at("config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${at("host")}`,
      `PidFile ${at("pid")}`,
      `AuthorizedKeysFile ${at("authorized")}`,
      // Who owns /tmp is nobody's business here.
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      "Subsystem sftp internal-sftp",
      "",
    ].join("\n"),
  );
  const server = await startServer([sshd, "-D", "-e", "-f", at("config")], port);
  const known = async (name: string, key: string) => {
    const [type, value] = (await readFile(at(`${key}.pub`), "utf8")).split(" ");
    const hosts = [`[127.0.0.1]:${port}`, `[localhost]:${port}`].join(",");
    await writeFile(at(name), `${hosts} ${type} ${value}\n`);
    return at(name);
  };
  return {
    ...server,
    host: "127.0.0.1",
    port,
    user: "root",
    keyFile: at("user"),
    strangersKeyFile: at("stranger"),
    authorizedFile: at("authorized"),
    knownHostsFile: await known("known", "host"),
    falseKnownHostsFile: await known("false", "other-host"),
    directory,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await place[Symbol.asyncDispose]();
    },
  };
}

export async function installSshd(): Promise<string> {
  const found = findProgram("sshd");
  if (found !== undefined) return found;
  await aptInstall("sftp", ["openssh-server"]);
  return findProgram("sshd") ?? "sshd";
}
