import { describe, expect, it } from "vitest";
import type { Mount, Volume } from "../unit.ts";
import { listCandidates } from "./candidates.ts";
import { type ProbedPath, planSources, type SourceContext } from "./plan-sources.ts";

const bind = (source: string): Mount => ({
  type: "bind",
  source,
  destination: "/x",
  readOnly: false,
});

const volumeMount = (name: string): Mount => ({
  type: "volume",
  source: `/data/volumes/${name}/_data`,
  volume: name,
  destination: "/v",
  readOnly: false,
});

const volume = (name: string, more: Partial<Volume> = {}): Volume => ({
  name,
  driver: "local",
  mountpoint: `/data/volumes/${name}/_data`,
  labels: {},
  options: {},
  anonymous: false,
  ...more,
});

interface Given {
  readonly mounts: readonly Mount[];
  readonly volumes?: readonly Volume[];
  readonly probes?: Readonly<Record<string, ProbedPath["type"]>>;
  readonly context?: Partial<SourceContext>;
  readonly disabled?: boolean;
}

function plan({ mounts, volumes = [], probes = {}, context = {}, disabled = false }: Given) {
  const list = listCandidates({
    members: [{ name: "app", mounts }],
    volumes: new Map(volumes.map((one) => [one.name, one])),
    project: "shop",
    disabled: () => disabled,
  });
  const paths = [...list.candidates.map((c) => c.path), context.projectDir ?? "/none"];
  const probed = paths.map((path): [string, ProbedPath] => [
    path,
    { type: probes[path] ?? "directory", realPath: path },
  ]);
  return planSources(list, {
    includeData: true,
    exclude: [],
    reserved: [{ path: "/data", what: "the engine's data root" }],
    probes: new Map(probed),
    ...context,
  });
}

const parts = (planned: ReturnType<typeof plan>) =>
  planned.sources.map((source) => (source.name ? `${source.kind}:${source.name}` : source.kind));

describe("the sources of a unit", () => {
  it("are its volumes, named without the project, and its binds", () => {
    const planned = plan({
      mounts: [volumeMount("shop_db"), volumeMount("other_db"), bind("/srv/files")],
      volumes: [volume("shop_db"), volume("other_db")],
    });
    expect(parts(planned)).toEqual(["volume:db", "volume:other_db", "bind:/srv/files"]);
  });

  it.each([
    { device: "/", gap: "the whole file system of the host is never captured" },
    { device: "/data/volumes/other/_data", gap: "it is the engine's data root" },
    { device: "/srv/backups", gap: 'it is the repository "local"' },
    { device: "/etc/ssl/certs", rule: "host: belongs to the machine, not to the unit" },
  ])("leave out a volume that is $device by another name, as they do a bind", (given) => {
    const { device, gap, rule } = given;
    const bound = volume("n", { options: { type: "none", o: "bind", device } });
    const reserved = [
      { path: "/data", what: "the engine's data root" },
      { path: "/srv/backups", what: 'the repository "local"' },
    ];
    const planned = plan({ mounts: [volumeMount("n")], volumes: [bound], context: { reserved } });
    expect(parts(planned)).toEqual([]);
    const left = { gaps: planned.gaps, excluded: planned.excluded };
    expect(left).toEqual({
      gaps: gap === undefined ? [] : [{ what: "volume:n", why: expect.stringContaining(gap) }],
      excluded: rule === undefined ? [] : [{ what: "volume:n", rule }],
    });
  });

  it("hold a volume of the stack that nobody mounts", () => {
    const own = volume("shop_old", { labels: { "com.docker.compose.project": "shop" } });
    expect(parts(plan({ mounts: [], volumes: [own, volume("alien")] }))).toEqual(["volume:old"]);
  });

  it("hold binds inside the project with the project", () => {
    const planned = plan({
      mounts: [bind("/opt/stacks/shop/site")],
      context: { projectDir: "/opt/stacks/shop" },
    });
    expect(parts(planned)).toEqual(["project"]);
    expect(planned.protected).toContain("bind:/opt/stacks/shop/site");
  });

  it("hold what lies inside something else once, with the outermost", () => {
    expect(parts(plan({ mounts: [bind("/srv/a/b"), bind("/srv/a"), bind("/srv/ab")] }))).toEqual([
      "bind:/srv/a",
      "bind:/srv/ab",
    ]);
  });

  it("leave reserved places inside a bind out, by a named rule", () => {
    const reserved = [{ path: "/srv/back ups", what: "the repository" }];
    const planned = plan({ mounts: [bind("/srv")], context: { reserved } });
    expect(planned.sources[0]?.exclude).toEqual(["/back\\ ups"]);
    expect(planned.excluded).toContainEqual({
      what: "/srv/back ups",
      rule: "never captured: the repository",
    });
  });

  it("take patterns from the volume's label", () => {
    const labelled = volume("shop_db", { labels: { "stackhold.exclude": "*.tmp,cache/" } });
    const planned = plan({ mounts: [volumeMount("shop_db")], volumes: [labelled] });
    expect(planned.sources[0]?.exclude).toEqual(["*.tmp", "cache/"]);
  });
});

describe("what is never captured is an exclusion or a gap, never nothing", () => {
  const gaps: readonly [string, Given, string][] = [
    ["the root", { mounts: [bind("/")] }, "bind:/"],
    ["the engine's data root", { mounts: [bind("/data")] }, "bind:/data"],
    ["something inside it", { mounts: [bind("/data/overlay2/x")] }, "bind:/data/overlay2/x"],
    ["a missing bind", { mounts: [bind("/gone")], probes: { "/gone": "missing" } }, "bind:/gone"],
    ["an unreadable bind", { mounts: [bind("/no")], probes: { "/no": "unreadable" } }, "bind:/no"],
    [
      "a volume of another driver",
      { mounts: [volumeMount("n")], volumes: [volume("n", { driver: "rclone" })] },
      "volume:n",
    ],
    [
      "a network volume",
      {
        mounts: [volumeMount("n")],
        volumes: [volume("n", { options: { type: "nfs", device: ":/x", o: "addr=h" } })],
      },
      "volume:n",
    ],
    ["a volume nobody knows", { mounts: [volumeMount("ghost")] }, "volume:ghost"],
  ];

  it.each(gaps)("%s is a gap", (_, given, what) => {
    const planned = plan(given);
    expect(planned.sources).toEqual([]);
    expect(planned.gaps.map((gap) => gap.what)).toEqual([what]);
  });

  const exclusions: readonly [string, Given, string][] = [
    [
      "a socket",
      { mounts: [bind("/var/run/docker.sock")], probes: { "/var/run/docker.sock": "socket" } },
      "no data: socket",
    ],
    [
      "a file of the host",
      { mounts: [bind("/etc/localtime")] },
      "host: belongs to the machine, not to the unit",
    ],
    ["a device", { mounts: [bind("/dev/dri")] }, "host: belongs to the machine, not to the unit"],
    [
      "a library",
      { mounts: [bind("/lib64/x.so")] },
      "host: belongs to the machine, not to the unit",
    ],
    [
      "a volume whose label says so",
      {
        mounts: [volumeMount("v")],
        volumes: [volume("v", { labels: { "stackhold.enable": "false" } })],
      },
      "label stackhold.enable of the volume",
    ],
    [
      "what only disabled containers mount",
      { mounts: [bind("/srv")], disabled: true },
      "label stackhold.enable",
    ],
    [
      "a tmpfs",
      { mounts: [{ type: "tmpfs", source: "", destination: "/t", readOnly: false }] },
      "no data: tmpfs",
    ],
  ];

  it.each(exclusions)("%s is an exclusion", (_, given, rule) => {
    const planned = plan(given);
    expect(planned.sources).toEqual([]);
    expect(planned.excluded.map((one) => one.rule)).toEqual([rule]);
    expect(planned.gaps).toEqual([]);
  });
});

describe("include_data: false", () => {
  it("keeps the project without its data directories, and single files", () => {
    const planned = plan({
      mounts: [volumeMount("shop_db"), bind("/opt/shop/site"), bind("/etc/app.conf")],
      volumes: [volume("shop_db")],
      probes: { "/etc/app.conf": "file" },
      context: { projectDir: "/opt/shop", includeData: false },
    });
    expect(parts(planned)).toEqual(["project", "bind:/etc/app.conf"]);
    expect(planned.sources[0]?.exclude).toEqual(["/site"]);
    expect(planned.excluded.map((one) => one.what)).toEqual(["volume:db", "bind:/opt/shop/site"]);
  });
});
