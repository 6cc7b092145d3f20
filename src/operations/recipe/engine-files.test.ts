import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { localStackFiles } from "../../adapters/stack-files/stack-files.ts";
import type { StackFiles } from "../../ports/stack-files.ts";
import { engineFiles } from "./engine-files.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stackhold-etc-"));
});
afterEach(() => rm(root, { recursive: true }));

/** A host whose root is a directory of ours. */
function host(): StackFiles {
  const files = localStackFiles();
  return {
    list: (path) => files.list(root + path),
    read: (path) => files.read(root + path),
    readBytes: (path) => files.readBytes(root + path),
    realPath: (path) => files.realPath(root + path),
  };
}

const shown = async (secrets: "keep" | "redact") => {
  const { files = [], gaps } = await engineFiles(secrets, host());
  return { gaps, files: files.map(({ path, content }) => [path, Buffer.from(content).toString()]) };
};

it("takes nothing where there is nothing, and that is no gap", async () => {
  expect(await shown("keep")).toEqual({ files: [], gaps: [] });
});

it("takes the engine's configuration as it lies, or without secrets", async () => {
  const dropIns = join(root, "etc/systemd/system/docker.service.d");
  await mkdir(dropIns, { recursive: true });
  await mkdir(join(root, "etc/docker"));
  const daemon = '{"proxies": {"http-proxy": "http://u:p@proxy"}, "debug": true}';
  const proxy = '[Service]\nEnvironment="HTTP_PROXY=http://u:p@proxy"\n';
  await writeFile(join(root, "etc/docker/daemon.json"), daemon);
  await writeFile(join(dropIns, "proxy.conf"), proxy);
  expect(await shown("keep")).toEqual({
    gaps: [],
    files: [
      ["daemon.json", daemon],
      ["docker.service.d/proxy.conf", proxy],
    ],
  });
  const { files } = await shown("redact");
  expect(JSON.parse(files[0]?.[1] ?? "")).toEqual({
    proxies: { "http-proxy": "http://[secret]@proxy" },
    debug: true,
  });
  expect(files[1]?.[1]).toBe(proxy.replace("u:p@", "[secret]@"));
});

it("names what cannot be read as a gap", async () => {
  await mkdir(join(root, "etc/docker/daemon.json"), { recursive: true });
  const { gaps } = await shown("keep");
  expect(gaps).toMatchObject([{ what: "file:/etc/docker/daemon.json" }]);
});
