import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/points.ts";
import { archive, member, part, ref, sourceOf } from "../../testing/script-source.ts";
import { scriptFiles, scriptNames } from "./render.ts";
import type { ScriptSource } from "./source.ts";
import { safeName } from "./targets.ts";

function texts(source: ScriptSource): Record<string, string> {
  return Object.fromEntries(scriptFiles(source).map(({ name, text }) => [name, text]));
}

const stack = {
  project: "shop",
  workingDir: "/opt/stacks/shop",
  composeFiles: ["/opt/stacks/shop/compose.yaml"],
  environmentFiles: ["/opt/stacks/shop/.env"],
};
const anonymous = "0".repeat(64);
const volume = { driver: "local", labels: {}, options: {}, anonymous: false };

const shop = sourceOf(
  [
    part("volume:data", "shop_data", archive("volume-data.tar.zst")),
    part(`volume:${anonymous}`, anonymous, archive("volume-0.tar.zst")),
    part("bind:/srv/media", "/srv/media", archive("bind.tar.zst")),
    part("project", "/opt/stacks/shop", archive("project.tar.zst")),
    part("recipe", "shop", archive("recipe.tar.zst")),
  ],
  {
    stack,
    members: [
      member("shop-web-1", {
        service: "web",
        dependsOn: [{ service: "db", condition: "service_started" }],
        mounts: [
          {
            ...{ type: "volume", source: "/x", volume: anonymous, driver: "local" },
            ...{ destination: "/cache", readOnly: false },
          },
        ],
      }),
      member("shop-web-2", {
        ...{ service: "web", number: 2 },
        dependsOn: [{ service: "db", condition: "service_started" }],
      }),
      member("shop-db-1", { service: "db", running: false }),
      member("shop-web-run-1", { service: "web", oneOff: true }),
    ],
    volumes: [
      { ...volume, name: "shop_data", labels: { "com.docker.compose.volume": "data" } },
      { ...volume, name: anonymous, anonymous: true },
    ],
  },
);

test("writes a script for each part, and runs them in an order that works", () => {
  const files = texts(shop);
  const late = `restore-volume-${"0".repeat(60)}.sh`;
  const names = ["README.txt", "restore-project.sh", "restore-bind-srv-media.sh"];
  expect(Object.keys(files)).toEqual([
    ...names,
    ...["restore-volume-data.sh", late, "up.sh", "restore.sh"],
  ]);
  expect(scriptNames(shop.parts, shop.manifest).toSorted()).toEqual(
    [...Object.keys(files), "functions.sh"].toSorted(),
  );
  const [, order = ""] = (files["restore.sh"] ?? "").split("restore_all ");
  expect(order.split(/[\s\\]+/).filter(Boolean)).toEqual([
    ...["restore-project.sh", "restore-bind-srv-media.sh", "restore-volume-data.sh"],
    ...["up.sh", late],
  ]);
  expect(files[late]).toContain(`target_anonymous ${anonymous} /cache shop-web-1 web 1\n`);
  expect(files["restore-volume-data.sh"]).toContain(
    "target_volume shop_data \\\n  --driver local \\\n  --label com.docker.compose.volume=data\n",
  );
  expect(files["restore-volume-data.sh"]).toContain("\nneeds 7\n");
});

test("starts what ran, makes what was there, and leaves one-off containers alone", () => {
  const up = texts(shop)["up.sh"] ?? "";
  expect(up).toContain("--project-directory /opt/stacks/shop");
  expect(up).toContain("--env-file /opt/stacks/shop/.env");
  expect(up).toContain("create_services \\\n    web=2 \\\n    db=1\n");
  expect([...up.matchAll(/start_member (.*)/g)].map(([, words]) => words)).toEqual([
    "shop-web-1 web 1",
    "shop-web-2 web 2",
  ]);
  expect(texts(shop)["restore.sh"]).toContain(
    "start_order \\\n  shop-db-1 \\\n  shop-web-1 \\\n  shop-web-2\n",
  );
});

test("a part of some only does not make containers", () => {
  const [data] = shop.parts.filter(({ chosen }) => chosen.part.name === "data");
  const some = { ...shop, parts: data === undefined ? [] : [data], isWhole: false };
  const files = texts(some);
  expect(files["restore.sh"]).not.toContain("up.sh");
  expect(files["README.txt"]).toContain("The project directory /opt/stacks/shop is not in here");
});

test("a bind that was stored with the project is taken out of it", () => {
  const [project] = shop.parts.filter(({ chosen }) => chosen.part.kind === "project");
  if (project === undefined) throw new Error("no project");
  const inner = { kind: "bind", name: "/opt/stacks/shop/site", path: "site" } as const;
  const chosen = { ...project, chosen: { ...project.chosen, only: [inner] } };
  const script = texts({ ...shop, parts: [chosen] })["restore-bind-opt-stacks-shop-site.sh"];
  expect(script).toContain("only site\ntarget_path /opt/stacks/shop/site\nrestore directory\n");
});

const odd = ["-rf", "a b", "it's", 'say "no"', "$(touch pwned)", "`id`", "new\nline", "a\\", "*"];

test("every word comes through a shell as it was, whatever is in it", async () => {
  await using scratch = await temporaryDirectory();
  const said = (script: string): string[] => {
    writeFileSync(
      join(scratch.path, "functions.sh"),
      `${[
        "begin",
        "title",
        "unit",
        "stack",
        "start_order",
        "needs",
        "reserved",
        "file",
        "only",
        "restore",
      ]
        .concat("target_path", "target_volume")
        .map((name) => `${name}() { printf '%s\\0' ${name} "$@"; }`)
        .join("\n")}\n`,
    );
    const file = join(scratch.path, "script.sh");
    writeFileSync(file, script);
    return execFileSync("sh", [file], { encoding: "utf8" }).split("\0");
  };
  for (const name of odd) {
    const unit = { ...ref, unit: name, host: name };
    const parts = [
      part(`bind:/srv/${name}`, `/srv/${name}`, archive(`bind-${name}.tar.zst`)),
      part(`volume:${name}`, name, archive(`volume-${name}.tar.zst`, "delta")),
    ];
    const options = { device: name, o: name };
    const source = {
      ...sourceOf(parts, { stack, volumes: [{ ...volume, name, options }] }),
      reserved: [`/x/${name}`],
    };
    const manifest = { ...source.manifest, ...unit };
    const scripts = scriptFiles({ ...source, manifest });
    const [bind, data] = scripts.filter((file) => /^restore-[bv]/.test(file.name));
    const words = said(bind?.text ?? "");
    for (const wanted of [`/srv/${name}`, `bind-${name}.tar.zst`, `/x/${name}`]) {
      expect(words).toContain(wanted);
    }
    expect(said(data?.text ?? "")).toEqual(
      expect.arrayContaining([name, "--opt", `device=${name}`, `o=${name}`]),
    );
  }
});

test("secret options and labels are in no script, and the README says what to do", () => {
  const volumes = [
    {
      ...{ ...volume, name: "shop_share", options: { o: "username=u,password=[secret]" } },
      labels: { api_token: "t0psecret", plain: "p" },
    },
    { ...volume, name: "shop_data", labels: { api_token: "t0psecret", plain: "p" } },
  ];
  const parts = volumes.map(({ name }) => part(`volume:${name}`, name, archive(`${name}.tar`)));
  const files = texts(sourceOf(parts, { stack, volumes }));
  expect(Object.values(files).join("")).not.toContain("t0psecret");
  expect(files["restore-volume-shop_share.sh"]).toContain("target_secret_volume shop_share\n");
  expect(files["restore-volume-shop_data.sh"]).toContain("--label plain=p\n");
  expect(files["README.txt"]).toContain(
    "docker volume create --driver local --opt 'o=username=u,password=[secret]' -- shop_share",
  );
});

test("a network that Compose does not make is asked for with the command that makes it", () => {
  const networks = [
    { Name: "shop_default", Labels: { "com.docker.compose.project": "shop" } },
    { Name: "bridge", Labels: {} },
    {
      ...{ Name: "proxy net", Driver: "macvlan", Internal: true, Labels: {} },
      Options: { parent: "eth0" },
      IPAM: { Config: [{ Subnet: "10.1.0.0/16", Gateway: "10.1.0.1" }] },
    },
  ];
  const files = texts({ ...shop, networks });
  const made =
    "docker network create --driver macvlan --internal --subnet 10.1.0.0/16 --gateway 10.1.0.1 --opt parent=eth0 -- 'proxy net'";
  expect(files["README.txt"]).toContain(made);
  expect(files["up.sh"]).toContain("need_network 'proxy net' 'docker network create");
  expect(files["up.sh"]?.match(/need_network/g)).toHaveLength(1);
});

test("a container without a compose file comes with a hint from its inspection", () => {
  const mounts = [
    {
      ...{ type: "volume", source: "/var/lib/docker/volumes/d/_data", volume: "d" },
      ...{ destination: "/data", readOnly: true },
    },
  ];
  const inspection = {
    Config: {
      Env: ["DB_PASSWORD=[secret]", "A=it's"],
      Cmd: ["run", "-x"],
      Entrypoint: ["/e", "f"],
    },
    HostConfig: {
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
      PortBindings: { "53/udp": [{ HostIp: "127.0.0.1", HostPort: "5353" }] },
      CapAdd: ["NET_ADMIN"],
      NetworkMode: "host",
    },
  };
  const solo = {
    ...sourceOf([part("volume:d", "d", archive("d.tar"))], {
      kind: "standalone",
      members: [member("solo", { mounts })],
    }),
    inspections: new Map<string, unknown>([["solo", inspection]]),
  };
  const hints = texts(solo)["containers.txt"] ?? "";
  const [, words = ""] = hints.split("docker create ");
  expect(words.split("\n\n")[0]?.replaceAll(/\s*\\\n\s*/g, " ")).toBe(
    "--name solo --restart on-failure:3 --network host --publish 127.0.0.1:5353:53/udp --volume d:/data:ro " +
      "--env 'DB_PASSWORD=[secret]' --env 'A=it'\\''s' --cap-add NET_ADMIN --entrypoint /e shop:1 f run -x",
  );
  const up = texts(solo)["up.sh"] ?? "";
  expect(up).toContain("\nneed_container solo\n");
  expect(up).toMatch(/start_member solo\n.*started\nfi\ncontainers_needed\n$/s);
  expect(texts(solo)["README.txt"]).toContain("makes it as it was: stackhold restore shop\n");
  expect(texts(shop)["README.txt"]).not.toContain("containers.txt");
  expect(Object.keys(texts(shop))).not.toContain("containers.txt");
});

test.each([
  ["/srv/my files/x", "srv-my-files-x"],
  ["-rf *", "rf"],
  ["../../etc", "etc"],
  ["ü\n", "part"],
  ["x".repeat(300), "x".repeat(60)],
])("names the script of %j by %j", (name, safe) => {
  expect(safeName(name)).toBe(safe);
});
