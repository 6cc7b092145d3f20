import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RecordedDirectory } from "../../domain/manifest.ts";
import { scriptFiles } from "../../domain/restore-script/render.ts";
import { temporaryDirectory } from "../../testing/points.ts";
import { archive, member, part, sourceOf } from "../../testing/script-source.ts";
import { createScriptFiles } from "./script-files.ts";

/** An engine with volumes alone: it knows no container, and writes down what it is asked. */
const docker = `#!/bin/sh
cd "\${0%/*}/.." && echo "$*" >>log
for last do :; done
case "$1 \${2-}" in
  "info "*) echo /nowhere ;;
  "ps "* | "volume ls") ;;
  "volume create") mkdir -p "volumes/$last/_data" ;;
  "volume inspect")
    [ -d "volumes/$last" ] || exit 1
    case "$*" in *Mountpoint*) echo "$PWD/volumes/$last/_data" ;; esac ;;
  *) exit 1 ;;
esac
`;
const anonymous = "0".repeat(64);

/** The scripts of a container without a compose file that is gone, with its data. */
async function handed(root: string, directories: RecordedDirectory[] = []) {
  for (const name of ["bin", "stored"]) mkdirSync(join(root, name));
  writeFileSync(join(root, "bin", "docker"), docker, { mode: 0o755 });
  writeFileSync(join(root, "log"), "");
  writeFileSync(join(root, "stored", "file"), "of the point\n");
  const bind = join(directories.at(-1)?.path ?? root, `it's a "bind" \\ é`);
  const directory = join(root, "by hand");
  const made = await createScriptFiles().begin(directory);
  const data = join(made.data, "data.tar");
  execFileSync("tar", ["-cf", data, "-C", join(root, "stored"), "."]);
  const sha256 = createHash("sha256").update(readFileSync(data)).digest("hex");
  const stored = { ...archive("data.tar"), compression: "none", sha256 } as const;
  const mount = { type: "volume", source: "/x", volume: anonymous, driver: "local" } as const;
  const mounts = [{ ...mount, destination: "/cache", readOnly: false }];
  const volume = { driver: "local", labels: {}, options: {} };
  const source = sourceOf(
    [
      part(`bind:${bind}`, bind, stored),
      part("volume:data", "data", stored),
      part(`volume:${anonymous}`, anonymous, stored),
    ],
    {
      kind: "standalone",
      directories,
      members: [member("solo", { mounts })],
      volumes: [
        { ...volume, name: "data", anonymous: false },
        { ...volume, name: anonymous, anonymous: true },
      ],
    },
  );
  for (const file of scriptFiles(source)) await made.write(file);
  const everything = () =>
    execFileSync("find", [root, "-path", "*/log", "-o", "-printf", "%p %C@\n"]).toString();
  return {
    ...{ bind, directory, everything },
    run(...words: readonly string[]) {
      const env = { PATH: `${join(root, "bin")}:/usr/sbin:/usr/bin:/sbin:/bin` };
      const [script = "", ...more] = words;
      return spawnSync("sh", [join(directory, script), ...more], { env, encoding: "utf8" });
    },
    asked: () => readFileSync(join(root, "log"), "utf8"),
  };
}

test("a word that a script does not know changes nothing, and asks nothing of the engine", async () => {
  await using scratch = await temporaryDirectory();
  const { run, everything, asked } = await handed(scratch.path);
  const before = everything();
  for (const words of [
    ["restore.sh", "--help"],
    ["restore.sh", ""],
    ["restore.sh", "check", "more"],
    ["restore.sh", "start"],
    ["restore-volume-data.sh", "start"],
    ["restore-volume-data.sh", "-n"],
    ["up.sh", "stop"],
  ]) {
    const { status, stderr } = run(...words);
    expect({ words, status }).toEqual({ words, status: 1 });
    expect(stderr).toContain(`${words[0]} does not understand: ${words.slice(1).join(" ")}\n`);
    expect(stderr).toContain("Nothing was touched.");
  }
  expect({ after: everything(), asked: asked() }).toEqual({ after: before, asked: "" });
});

test("check compares the data and changes nothing, damaged or not", async () => {
  await using scratch = await temporaryDirectory();
  const { run, everything, asked, directory } = await handed(scratch.path);
  writeFileSync(join(directory, "stopped"), "solo\n");
  const before = everything();
  const whole = run("restore.sh", "check");
  expect(whole.status, whole.stderr).toBe(0);
  expect(whole.stderr.match(/^checking data/gm)).toHaveLength(3);
  expect(whole.stderr).toContain("note: solo is missing, and no compose file makes it.");
  expect(everything()).toBe(before);
  writeFileSync(join(directory, "data", "data.tar"), "damaged");
  const damaged = everything();
  for (const script of ["restore.sh", "restore-volume-data.sh"]) {
    const found = run(script, "check");
    expect(found.status).toBe(1);
    expect(found.stderr).toContain("is damaged: its SHA-256 differs");
    expect(everything()).toBe(damaged);
  }
  expect(asked()).not.toMatch(/^(start|stop|volume create)/m);
});

test("puts the data of a container that is gone in place, and ends with what is left to do", async () => {
  await using scratch = await temporaryDirectory();
  const { run, bind } = await handed(scratch.path);
  mkdirSync(bind);
  writeFileSync(join(bind, "file"), "before\n");
  const { status, stderr } = run("restore.sh");
  expect(stderr).toContain("\nthe data is in place\nerror: solo is missing");
  expect(stderr).toMatch(/\nMake solo as containers\.txt says, then run: sh up\.sh\n$/);
  expect(status).toBe(1);
  const volumes = ["data", anonymous].map((name) => join(scratch.path, "volumes", name, "_data"));
  for (const place of [bind, ...volumes]) {
    expect(readFileSync(join(place, "file"), "utf8")).toBe("of the point\n");
  }
});

test("leaves one copy of what was there, which says whose it is, and none of a volume just made", async () => {
  await using scratch = await temporaryDirectory();
  const { run, bind, directory } = await handed(scratch.path);
  mkdirSync(bind);
  writeFileSync(join(bind, "file"), "before\n");
  run("restore.sh");
  const safety = join(scratch.path, ".stackhold-safety");
  const [name = "", ...others] = readdirSync(safety);
  expect(others).toEqual([]);
  expect(readFileSync(join(safety, name, "old", "file"), "utf8")).toBe("before\n");
  expect(JSON.parse(readFileSync(join(safety, name, "safety-copy.json"), "utf8"))).toEqual({
    ...{ version: 1, unit: "shop", runId: name, target: bind, children: false },
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  expect(readFileSync(join(directory, "kept.txt"), "utf8").match(/is kept in/g)).toHaveLength(1);
});

test("makes what above a target is gone as it was, and leaves alone what is there", async () => {
  await using scratch = await temporaryDirectory();
  const { uid, gid } = statSync(scratch.path);
  const owner = process.getuid?.() === 0 ? { uid: 1234, gid: 4321 } : { uid, gid };
  const paths = ["there", "there/it's gone", "there/it's gone/too"];
  const above = paths.map((name) => join(scratch.path, name));
  mkdirSync(above[0] ?? "", { mode: 0o755 });
  const modes = ["700", "2710", "711"];
  const directories = above.map((path, index) => ({ path, mode: modes[index] ?? "", ...owner }));
  const { run, bind } = await handed(scratch.path, directories);
  run("restore.sh");
  expect(readFileSync(join(bind, "file"), "utf8")).toBe("of the point\n");
  const found = above.map((path) => {
    const facts = statSync(path);
    return [(facts.mode & 0o7777).toString(8), facts.uid, facts.gid];
  });
  const { uid: user, gid: group } = owner;
  expect(found).toEqual([
    ["755", uid, gid],
    ["2710", user, group],
    ["711", user, group],
  ]);
});
