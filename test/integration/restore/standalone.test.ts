import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { openRegistry } from "../../bed/registry.ts";
import { run } from "../../bed/run.ts";
import { journals, quiet } from "../../support/aftermath.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { freePort } from "../../support/free-port.ts";
import { type LoneContainers, loneContainers, withoutIds } from "../../support/lone-containers.ts";
import { image } from "../../support/services.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const number = process.pid % 200;

async function backUp(work: Workspace, units: readonly string[]): Promise<void> {
  const done = await work.stackhold(["backup", ...units, "--json"]);
  expect([0, 3], done.stdout + done.stderr).toContain(done.code);
}

async function restored(work: Workspace, unit: string, ...more: string[]) {
  const done = await work.stackhold(["restore", unit, "--yes", "--json", ...more]);
  expectExit(done, 0);
  return done.json();
}

/** Five containers of different kinds, and what is in their data. */
async function makeFive(lone: LoneContainers, base: string, directory: string) {
  const { docker, make } = lone;
  const name = (kind: string) => `${base}-${kind}`;
  const front = name("front");
  const back = name("back");
  await docker("network", "create", "--subnet", `10.213.${number}.0/24`, front);
  await docker("network", "create", back);
  await docker("volume", "create", "--label", "of=web", name("data"));
  const [tcp, udp] = [await freePort(), await freePort()];
  await mkdir(join(directory, "site"));
  await writeFile(join(directory, "site/index.html"), "site\n");
  const static4 = `10.213.${number}.77`;
  await make("run", name("web"), [
    ...["--network", front, "--ip", static4, "--network-alias", "www", "--network-alias", "shop"],
    ...["-p", `127.0.0.1:${tcp}:80/tcp`, "-p", `${udp}:53/udp`, "-p", "8081"],
    ...["-v", `${name("data")}:/data`, "-v", "/anonymous", "--mount", "type=volume,target=/other"],
    ...["-v", `${join(directory, "site")}:/site:ro`, "--hostname", "shop.example", "--init"],
    ...["--dns", "192.0.2.53", "--dns-search", "example", "--add-host", "peer:192.0.2.7"],
    ...["--restart", "unless-stopped", "--stop-signal", "SIGKILL", "--stop-timeout", "7"],
  ]);
  await docker("network", "connect", "--alias", "behind", back, name("web"));
  await make("run", name("guest"), [
    ...["--network", `container:${name("web")}`, "--pid", `container:${name("web")}`, "--init"],
    ...["--volumes-from", `${name("web")}:ro`, "--restart", "on-failure:3"],
  ]);
  await make(
    "run",
    name("hard"),
    [
      ...["--network", back],
      ...["--cap-add", "NET_ADMIN", "--cap-drop", "MKNOD", "--security-opt", "no-new-privileges"],
      ...["--device", "/dev/zero:/dev/nothing:r", "--ulimit", "nofile=1024:2048"],
      ...["--sysctl", "net.ipv4.ip_unprivileged_port_start=7", "--memory", "96m", "--cpus", "0.5"],
      ...["--pids-limit", "64", "--shm-size", "8m", "--log-opt", "max-size=1m", "--init"],
      ...["--health-cmd", "true", "--health-interval", "1s", "--health-retries", "4"],
      ...["--read-only", "--ipc", "shareable", "--oom-score-adj", "10", "--group-add", "4"],
      ...["--entrypoint", "/bin/sleep", "--label", "kind=hard", "--workdir", "/tmp"],
    ],
    ["infinity"],
  );
  await make("run", name("idle"), [
    ...["--network", "none", "--user", "4711:4712", "--restart", "always", "--init"],
    ...["-v", `${name("idle-data")}:/data`],
  ]);
  await docker("stop", name("idle"));
  await make("run", name("quiet"), [
    ...["--network", back, "--tmpfs", "/run:size=1m,mode=700", "--init"],
    ...["-e", "DB_PASSWORD=plantedOne", "-e", "PLAIN=a b", "-e", "URL=http://u:plantedTwo@db/"],
    ...["--label", "api.token=plantedThree", "--mount", "type=tmpfs,target=/cache"],
    ...["-v", `${join(directory, "site/index.html")}:/index.html`],
  ]);
  const names = ["web", "guest", "hard", "idle", "quiet"].map(name);
  return { names, name, networks: [front, back] };
}

describeWithEngine("the restore of a standalone container that is gone", () => {
  it("makes it again as it was, whatever it was made of, with its data", async () => {
    const base = `lone${process.pid}`;
    const directory = await mkdtemp(join(tmpdir(), "stackhold-lone-"));
    await using lone = loneContainers([`${base}-front`, `${base}-back`]);
    await using work = await createWorkspace(bedEngine());
    const { names, name, networks } = await makeFive(lone, base, directory);
    const files = [
      [name("web"), "/data"],
      [name("web"), "/anonymous"],
      [name("web"), "/other"],
      [name("idle"), "/data"],
    ] as const;
    const place = async (index: number) =>
      lone.place(files[index]?.[0] ?? "", files[index]?.[1] ?? "");
    for (const index of files.keys()) {
      await writeFile(join(await place(index), "mine"), `of ${index}\n`);
    }
    const before = await lone.inspect(...names);
    await backUp(work, names);

    await lone.lose(names, [name("data"), name("idle-data")]);
    for (const network of networks) await lone.docker("network", "rm", network);
    await rm(join(directory, "site"), { recursive: true });
    const dry = await work.stackhold(["restore", name("web"), "--dry-run", "--json"]);
    expectExit(dry, 0);
    expect(dry.json().actions).toEqual(
      expect.arrayContaining([
        `create volume ${name("data")}`,
        `create ${name("web")} (stackhold-test/busybox)`,
        `start ${name("web")}`,
      ]),
    );
    expect(await lone.isThere("volume", name("data"))).toBe(false);
    for (const unit of names) {
      const isIdle = unit === name("idle");
      const result = await restored(work, unit);
      expect(result).toMatchObject({ running: !isIdle, warnings: [] });
    }

    const after = await lone.inspect(...names);
    expect(after.map(({ Id }) => Id)).not.toEqual(before.map(({ Id }) => Id));
    const running = (all: typeof after) => all.map(({ State }) => State.Running);
    expect(running(after)).toEqual(running(before));
    expect(withoutIds(after)).toEqual(withoutIds(before));
    for (const index of files.keys()) {
      expect(await readFile(join(await place(index), "mine"), "utf8")).toBe(`of ${index}\n`);
    }
    expect(await readFile(join(directory, "site/index.html"), "utf8")).toBe("site\n");
    expect(await lone.docker("volume", "inspect", "-f", "{{.Labels}}", name("data"))).toContain(
      "of:web",
    );
    const again = await work.stackhold(["restore", name("quiet"), "--yes", "--json"]);
    expectExit(again, 0);
    expect(again.json().warnings).toEqual([]);
    await rm(directory, { recursive: true });
    expect(existsSync(directory)).toBe(false);
  });
});

describeWithEngine("the restore of a standalone container", () => {
  it("names what it lacks before anything is touched", async () => {
    const base = `lack${process.pid}`;
    const name = (kind: string) => `${base}-${kind}`;
    await using lone = loneContainers();
    await using work = await createWorkspace(bedEngine());
    const { docker, make } = lone;
    await docker("network", "create", base);
    await make("run", name("owner"), ["--network", "none", "--init"]);
    await make("run", name("guest"), [
      "--network",
      `container:${name("owner")}`,
      "--init",
      "-v",
      "/data",
    ]);
    const secret = ["-e", "DB_PASSWORD=planted", "--label", "api.token=planted", "-e", "A=b"];
    await make("run", name("user"), [
      "--network",
      base,
      "--init",
      ...secret,
      "-v",
      `${base}:/data`,
    ]);
    await backUp(work, [name("guest"), name("user")]);
    await docker("rm", "-fv", name("owner"), name("guest"), name("user"));
    await docker("network", "rm", base);

    const refused = async (unit: string, from: Workspace = work) => {
      const done = await from.stackhold(["restore", unit, "--yes", "--json"]);
      expectExit(done, 1);
      expect(await lone.isThere("container", unit)).toBe(false);
      return done.json().error.message;
    };
    expect(await refused(name("guest"))).toContain(`${name("owner")} (its network)`);
    await docker(
      "run",
      "-d",
      "--label",
      "com.docker.compose.project=other",
      "--network",
      "none",
      ...["--name", name("user"), image, "true"],
    );
    const taken = await work.stackhold(["restore", name("user"), "--yes", "--json"]);
    expect(taken.json().error.message).toContain(`a container of other is named ${name("user")}`);
    await docker("rm", "-f", name("user"));

    await restored(work, name("user"));
    await using frugal = await createWorkspace(bedEngine(), {
      config: { backup: { secrets: "redact" } },
    });
    await backUp(frugal, [name("user")]);
    await docker("rm", "-fv", name("user"));
    const message = await refused(name("user"), frugal);
    expect(message).toMatch(/values of Env DB_PASSWORD, label api.token, .* are missing/);
    expect(message).not.toContain("Env A");
    const dry = await frugal.stackhold(["restore", name("user"), "--dry-run", "--json"]);
    expect(dry.json().error.message).toBe(message);

    const lost = `127.0.0.1:1/${base}`;
    await run(["docker", "build", "-t", lost, "-"], {
      env: bedEngine().env,
      input: `FROM ${image}\nLABEL made=${base}\n`,
    });
    await docker("create", "--network", "none", "--name", name("lost"), lost, "true");
    await backUp(work, [name("lost")]);
    await docker("rm", name("lost"));
    await docker("rmi", lost);
    expect(await refused(name("lost"))).toBe(`images are missing: ${lost}`);
    await docker("network", "rm", base);
  });

  it("uses one that is there as it is, and says in what it differs", async () => {
    const name = `there${process.pid}`;
    await using lone = loneContainers();
    await using work = await createWorkspace(bedEngine());
    const options = ["--network", "none", "--init", "-v", `${name}:/data`];
    await lone.make("run", name, [...options, "-e", "A=1", "--restart", "always"]);
    const data = await lone.place(name, "/data");
    await writeFile(join(data, "mine"), "first\n");
    await backUp(work, [name]);
    await lone.docker("rm", "-f", name);
    await lone.make("run", name, [...options, "-e", "A=2", "--memory", "64m"]);
    const [before] = await lone.inspect(name);
    await writeFile(join(data, "mine"), "second\n");

    const done = await work.stackhold(["restore", name, "--yes", "--json"]);
    expectExit(done, 3);
    expect(done.json().warnings).toEqual([
      expect.stringMatching(/is not as it was stored .*\(Env, Memory, .*RestartPolicy\)/),
    ]);
    expect(await readFile(join(data, "mine"), "utf8")).toBe("first\n");
    const [after] = await lone.inspect(name);
    expect(after).toMatchObject({ Id: before.Id, HostConfig: before.HostConfig });
    const part = ["restore", name, "--part", "volume", "--yes", "--json"];
    expectExit(await work.stackhold(part), 0);
  });

  it("leaves nothing of one that cannot be made, and the data as it was", async () => {
    const name = `fails${process.pid}`;
    const directory = await mkdtemp(join(tmpdir(), "stackhold-lone-"));
    await using lone = loneContainers();
    await using work = await createWorkspace(bedEngine());
    const pipe = join(directory, "pipe");
    const kept = join(directory, "kept");
    const bound = join(directory, "bound");
    await mkdir(kept);
    await mkdir(bound);
    const options = ["type=none", "o=bind", `device=${bound}`].flatMap((one) => ["--opt", one]);
    await lone.docker("volume", "create", ...options, `${name}-bound`);
    await run(["mkfifo", pipe]);
    await lone.make("run", name, [
      ...["--network", "none", "--init", "-v", `${name}:/data`, "-v", `${kept}:/kept`],
      ...["-v", `${name}-bound:/bound`],
      ...["--mount", `type=bind,source=${pipe},target=/pipe`, "--restart", "always"],
    ]);
    const write = async (text: string) => {
      for (const place of [kept, bound]) await writeFile(join(place, "mine"), text);
    };
    const read = () =>
      Promise.all([kept, bound].map((place) => readFile(join(place, "mine"), "utf8")));
    await write("first\n");
    await backUp(work, [name]);
    await lone.lose([name], [name, `${name}-bound`]);
    await rm(pipe);
    await write("second\n");

    const failed = await work.stackhold(["restore", name, "--yes", "--json"]);
    expectExit(failed, 1);
    expect(failed.json().error.message).toContain(pipe);
    for (const volume of [name, `${name}-bound`]) {
      expect(await lone.isThere("volume", volume)).toBe(false);
    }
    expect(await lone.docker("ps", "-aq", "--filter", "name=stackhold-")).toBe("");
    expect(await read()).toEqual(["second\n", "second\n"]);
    expect((await work.stackhold(["recover", "--json"])).json().units).toEqual([]);

    await run(["mkfifo", pipe]);
    const { safetyCopy } = await restored(work, name, "--no-start");
    const copies = safetyCopy.map((copy: string) => readFile(join(copy, "mine"), "utf8"));
    expect(await Promise.all(copies)).toEqual(["second\n", "second\n"]);
    const [{ State, HostConfig }] = await lone.inspect(name);
    expect(State.Status).toBe("created");
    expect(HostConfig.RestartPolicy.Name).toBe("always");
    expect(await read()).toEqual(["first\n", "first\n"]);
    await rm(directory, { recursive: true });
  });

  it("killed half way, is rolled back by its guard and works again", async () => {
    const name = `killed${process.pid}`;
    await using lone = loneContainers();
    await using work = await createWorkspace(bedEngine());
    await lone.make("run", name, ["--network", "none", "--init", "-v", `${name}:/data`]);
    const data = await lone.place(name, "/data");
    await writeFile(join(data, "mine"), "mine\n");
    await backUp(work, [name]);
    await lone.lose([name], [name]);

    const here = join(work.root, "here");
    const script = `if test -d '${data}'; then echo > ${here}; exec sleep 1000; fi\nexec "$REAL" "$@"`;
    await using programs = await fakePrograms({ zstd: script });
    const killed = work.start(["restore", name, "--yes"], { env: { PATH: programs.path } });
    await expect.poll(() => existsSync(here), { timeout: 60_000 }).toBe(true);
    expect(await lone.isThere("container", name)).toBe(true);
    killed.process.kill("SIGKILL");
    await quiet({ name, workspace: work });
    expect(await lone.isThere("container", name)).toBe(false);
    expect(await lone.isThere("volume", name)).toBe(false);
    expect(await journals({ workspace: work })).toEqual([]);
    await restored(work, name);
    expect(await readFile(join(data, "mine"), "utf8")).toBe("mine\n");
  });

  it("fetches an image that is gone by its digest and gives it its name again", async () => {
    const name = `image${process.pid}`;
    await using lone = loneContainers();
    await using work = await createWorkspace(bedEngine());
    await using registry = await openRegistry(name);
    const reference = `${registry.host}/${name}:1`;
    await lone.docker("pull", reference);
    await lone.docker("create", "--name", name, "--network", "none", reference, "true");
    try {
      await backUp(work, [name]);
      const before = await lone.inspect(name);
      await lone.docker("rm", name);
      await lone.docker("rmi", "-f", before[0].Image);
      await restored(work, name);
      expect(withoutIds(await lone.inspect(name))).toEqual(withoutIds(before));

      await lone.docker("rm", name);
      await lone.docker("rmi", "-f", before[0].Image);
      await lone.docker("tag", image, reference);
      const other = await work.stackhold(["restore", name, "--yes", "--json"]);
      expectExit(other, 3);
      expect(other.json().warnings).toEqual([
        `${reference} is another image by now: ${name} is made of ${registry.host}/${name}@${registry.digest}`,
      ]);
      const [{ Image }] = await lone.inspect(name);
      expect(Image).toBe(before[0].Image);
    } finally {
      await lone.docker("rm", "-f", name);
      await lone.docker("rmi", "-f", reference, `${registry.host}/${name}@${registry.digest}`);
    }
  });
});
