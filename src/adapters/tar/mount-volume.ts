import { randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reasonOf, StackholdError } from "../../errors.ts";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { MountOptions } from "../../ports/capture.ts";
import { mountAt, readMountPoints, readMounts } from "./mounts.ts";

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

/**
 * As the engine's local driver does: by the system call, with the name of the server looked up. The
 * options may hold a password, so they go by a file without a name instead of arguments.
 */
export async function mountVolume(
  runner: Runner,
  options: MountOptions,
  path: string,
): Promise<AsyncDisposable> {
  if ((await readMountPoints()).includes(path)) return nothing;
  try {
    await using table = await namelessFile(await line(options, path));
    const args = ["--internal-only", "--fstab", "/proc/self/fd/0", path];
    requireSuccess(await runner.run({ program: "mount", args }, { stdin: table.fd }));
  } catch (cause) {
    throw new StackholdError("TOOL_FAILED", `cannot mount ${path}: ${reasonOf(cause)}`, {
      hint: "its volume is mounted only while a container uses it: start its unit and run again",
      cause,
    });
  }
  const own = await topMount(path);
  return { [Symbol.asyncDispose]: () => unmount(runner, path, own) };
}

/** It goes with the process, however that ends: nothing is written before the name is gone. mount(8) takes no pipe. */
async function namelessFile(text: string): Promise<FileHandle> {
  const path = join(tmpdir(), `stackhold-mount-${randomUUID()}`);
  const handle = await open(path, "wx+", 0o600);
  try {
    await unlink(path);
    await handle.writeFile(text);
    return handle;
  } catch (failure) {
    await handle.close();
    throw failure;
  }
}

/** fstab(5): blanks as octal. */
function field(text: string): string {
  return text.replace(/[\s\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

async function line({ type, device, options }: MountOptions, path: string): Promise<string> {
  const resolved = await Promise.all(options.split(",").map(withAddress));
  const fields = [device, path, type, resolved.join(",") || "defaults"];
  return `${fields.map(field).join(" ")} 0 0\n`;
}

async function withAddress(option: string): Promise<string> {
  const [, host] = /^addr=(.+)$/.exec(option) ?? [];
  return host === undefined || isIP(host) !== 0 ? option : `addr=${(await lookup(host)).address}`;
}

/** What covers all else that is mounted there. */
async function topMount(path: string): Promise<string | undefined> {
  return mountAt(path, await readMounts())?.id;
}

/** Several may lie on each other. */
export async function unmountVolume(runner: Runner, path: string): Promise<void> {
  for (let top = await topMount(path); top !== undefined; top = await topMount(path)) {
    await unmount(runner, path, top);
  }
}

/** Where the engine has mounted over it, that is the engine's to unmount. */
async function unmount(runner: Runner, path: string, own: string | undefined): Promise<void> {
  if (own === undefined || (await topMount(path)) !== own) return;
  const { verdict } = await runner.run({ program: "umount", args: [path] });
  if (verdict === "success") return;
  requireSuccess(await runner.run({ program: "umount", args: ["--lazy", path] }));
}
