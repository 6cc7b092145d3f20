import { describe, expect, it } from "vitest";
import { formatPart } from "../../../domain/part.ts";
import { anInspection, aStoredFile, inspectionFile } from "../../../testing/kopi-docka-recipe.ts";
import { aSnapshot } from "../../../testing/kopia-snapshots.ts";
import { expectedOf } from "./expected.ts";
import { type Group, groupsOf } from "./groups.ts";
import { type RawParts, readGroup } from "./manifest.ts";
import type { StoredFile } from "./stored-file.ts";

const run = { unit: "shop", backup_id: "run", backup_scope: "standard" };
const recipe = aSnapshot({ ...run, type: "recipe" });
const volume = aSnapshot({ ...run, type: "volume", volume: "shop_data", backup_format: "direct" });
const bind = (source: string, type = "d") =>
  aSnapshot(
    { ...run, type: "bind", bind_source: source },
    { rootEntry: { type, obj: "k", size: 7, summ: type === "d" ? { size: 7, dirs: 1 } : null } },
  );
const mount = { Type: "volume", Name: "shop_data", Source: "/v", Destination: "/data" };
const web = anInspection({ mounts: [mount] });
const compose = aStoredFile("compose.yaml", "services: {}\n");

const read = (files: readonly StoredFile[], snapshots = [recipe, volume], raw: RawParts = {}) =>
  readGroup(groupsOf(snapshots)[0] as Group, { recipe: files, ...raw });
const names = (point: ReturnType<typeof read>) => point.parts.map(({ part }) => formatPart(part));
const jsonIn = (point: ReturnType<typeof read>, kind: string, path: string) => {
  const content = point.parts.find(({ part }) => part.kind === kind)?.content;
  const files = content?.form === "tree" ? content.files : [];
  return JSON.parse(String(files.find((file) => file.path === path)?.content));
};

describe("a point of Kopi-Docka as Stackhold reads it", () => {
  it("has a stack with its members, its project files and its data", () => {
    const files = [
      ...[compose, aStoredFile("compose_order.json", ["compose.yaml"])],
      ...[aStoredFile("project-files/.env", "A=1\n"), inspectionFile(web)],
    ];
    const point = read(files);
    expect(point.manifest).toMatchObject({
      unit: "shop",
      kind: "stack",
      backupId: "run",
      host: "web01",
      scope: "standard",
      stack: {
        project: "shop",
        workingDir: "/opt/stacks/shop",
        composeFiles: ["/opt/stacks/shop/compose.yaml"],
      },
      members: [
        {
          name: "shop-web-1",
          service: "web",
          number: 1,
          running: true,
          image: { reference: "shop:1", id: `sha256:${"ab".repeat(32)}` },
          mounts: [{ type: "volume", volume: "shop_data", destination: "/data" }],
        },
      ],
      volumes: [],
      coverage: { gaps: [] },
    });
    expect(names(point)).toEqual(["project", "recipe", "volume:data"]);
    const project = point.parts[0]?.content;
    expect(project?.form === "tree" && project.files.map(({ path }) => path)).toEqual([
      "compose.yaml",
      ".env",
    ]);
  });

  it("says that those ran that were looked at after they had been stopped", () => {
    const stopped = anInspection({ running: false });
    expect(read([inspectionFile(stopped)]).manifest.members[0]?.running).toBe(true);
    const told = aStoredFile("coverage-manifest.json", { dependencies: [] });
    expect(read([inspectionFile(stopped), told]).manifest.members[0]?.running).toBe(false);
    const other = inspectionFile(anInspection({ name: "shop-db-1" }));
    const { members } = read([inspectionFile(stopped), other]).manifest;
    expect(members.map(({ name, running }) => [name, running])).toEqual([
      ["shop-web-1", false],
      ["shop-db-1", true],
    ]);
  });

  it("gives inspections and networks the form of a recipe, with Stackhold's mark for secrets", () => {
    const joined = { shop_default: { Aliases: ["web"], IPAMConfig: { IPv4Address: "10.9.0.2" } } };
    const env = ["DB_PASSWORD=***REDACTED***", "MODE=fast"];
    const networks = aSnapshot({ ...run, type: "networks" });
    const file = aStoredFile("networks.json", [
      { Name: "shop_default", Driver: "bridge", Containers: { x: {} } },
    ]);
    const inspection = inspectionFile(anInspection({ networks: joined, env, mounts: [mount] }));
    const point = read([inspection], [recipe, volume, networks], { networks: [file] });
    expect(jsonIn(point, "recipe", "shop-web-1_inspect.json")).toMatchObject({
      Name: "/shop-web-1",
      Config: { Env: ["DB_PASSWORD=[secret]", "MODE=fast"] },
    });
    expect(jsonIn(point, "networks", "networks.json")).toEqual([
      {
        Name: "shop_default",
        Driver: "bridge",
        containers: [
          expect.objectContaining({
            container: "shop-web-1",
            service: "web",
            aliases: ["web"],
            ipv4Address: "10.9.0.2",
          }),
        ],
      },
    ]);
  });

  it("stores what is mounted from the project directory in the project, other binds apart", () => {
    const inside = ["/opt/stacks/shop/data", "/opt/stacks/shop/data/deep"].map((one) => bind(one));
    const outside = [bind("/srv/media"), bind("/srv/one.conf", "f")];
    const point = read([compose, inspectionFile(web)], [recipe, volume, ...inside, ...outside]);
    expect(names(point)).toEqual([
      ...["project", "recipe", "volume:data", "bind:/srv/media", "bind:/srv/one.conf"],
    ]);
    const [project, , , , single] = point.parts;
    expect(project?.content).toMatchObject({
      files: [{ path: "compose.yaml" }],
      trees: [{ at: "data", snapshot: inside[0] }],
    });
    expect(single).toMatchObject({
      part: { type: "file", bytes: 7, files: 1 },
      content: { trees: [{ at: "one.conf" }] },
    });
  });

  it("knows the one compose file that old versions stored under a name of its own", () => {
    const labels = { "com.docker.compose.project.config_files": "/opt/stacks/shop/stack.yml" };
    const old = aStoredFile("docker-compose.yml", "services: {}\n");
    const point = read([old, inspectionFile(anInspection({ labels }))]);
    expect(point.parts[0]?.content).toMatchObject({ files: [{ path: "stack.yml" }] });
  });

  it("tells of compose files that cannot be put back", () => {
    const listed = ["/opt/a/compose.yaml", "/opt/stacks/shop/compose.yaml", "/opt/b/extra.yaml"];
    const labels = { "com.docker.compose.project.config_files": listed.join(",") };
    const order = aStoredFile("compose_order.json", []);
    const extra = aStoredFile("extra.yaml", "");
    const { coverage } = read([
      ...[compose, extra, order, inspectionFile(anInspection({ labels }))],
    ]).manifest;
    expect(coverage.gaps.map(({ what }) => what)).toEqual([
      "compose file /opt/a/compose.yaml",
      "compose file /opt/b/extra.yaml",
    ]);
  });

  it("describes volumes that Compose does not make, and leaves it the others", () => {
    const anonymous = "cd".repeat(32);
    const mounts = ["shop_data", "shared", anonymous].map((Name) => ({ ...mount, Name }));
    const files = [
      aStoredFile("compose.yaml", "volumes: {data: , common: {external: true, name: shared}}\n"),
      inspectionFile(anInspection({ mounts })),
    ];
    expect(read(files).manifest.volumes).toEqual([
      { name: "shared", driver: "local", labels: {}, options: {}, anonymous: false },
      { name: anonymous, driver: "local", labels: {}, options: {}, anonymous: true },
    ]);
    const lone = inspectionFile(anInspection({ name: "lone", labels: null, mounts: [mount] }));
    const { manifest } = read([lone]);
    expect(manifest).toMatchObject({ kind: "standalone", volumes: [{ name: "shop_data" }] });
    expect(manifest.stack).toBeUndefined();
  });

  it("has what it lacks among its parts, so that it is not restored without it unnoticed", () => {
    const other = { ...mount, Name: "shop_db", Destination: "/db" };
    const point = read([compose, inspectionFile(anInspection({ mounts: [mount, other] }))]);
    expect(names(point)).toEqual(["project", "recipe", "volume:data", "volume:db"]);
    expect(point.parts[3]?.content).toMatchObject({ form: "lost" });
    expect(point.manifest.coverage.gaps).toMatchObject([{ what: "volume:db" }]);
  });

  it("takes the word of a coverage manifest for what should be there, and for gaps", () => {
    const entry = (kind: string, identifier: string, status: string, detail = "") => ({
      ...{ kind, identifier, status, detail },
    });
    const coverage = aStoredFile("coverage-manifest.json", {
      dependencies: [
        entry("volume", "shop_data", "backed_up"),
        entry("bind", "/srv/media", "backed_up", "→ /media"),
        entry("runtime_mount", "/var/run/docker.sock", "skipped_runtime", "socket"),
        entry("swarm_secret", "key", "not_supported", "external secret"),
      ],
    });
    const files = [compose, inspectionFile(web), coverage];
    expect(expectedOf(files)).toMatchObject({ volumes: ["shop_data"], binds: ["/srv/media"] });
    const { manifest } = read(files);
    expect(manifest.coverage).toMatchObject({
      protected: ["volume:shop_data"],
      excluded: [{ what: "runtime_mount:/var/run/docker.sock", rule: "socket" }],
      gaps: [
        { what: "swarm_secret:key", why: "external secret" },
        { what: "bind:/srv/media", why: expect.stringContaining("not in the point") },
      ],
    });
  });

  it("is a unit without members where it has no recipe", () => {
    const alone = aSnapshot({
      ...run,
      backup_scope: "minimal",
      type: "volume",
      volume: "shop_data",
    });
    const point = readGroup(groupsOf([alone])[0] as Group, {});
    expect(point.manifest).toMatchObject({ kind: "stack", scope: "minimal", members: [] });
    expect(names(point)).toEqual(["volume:data"]);
    expect(point.parts[0]?.content.form).toBe("stream");
  });

  it("passes over files that it does not understand", () => {
    const files = [aStoredFile("web_inspect.json", "no json"), aStoredFile("x_inspect.json", [{}])];
    expect(read(files).manifest.members).toEqual([]);
  });
});
