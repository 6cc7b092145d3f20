import { expect, test } from "vitest";
import { member } from "../../testing/script-source.ts";
import { containerHint } from "./container-hint.ts";

const id = "0123456789abcdef";
const seconds = 1_000_000_000;

const inspection = {
  Id: id,
  Config: {
    Hostname: "web.example",
    Healthcheck: { Test: ["CMD", "test", "-e", "/a b"], Interval: 1.5 * seconds, Retries: 4 },
    StopSignal: "SIGKILL",
    StopTimeout: 7,
  },
  HostConfig: {
    NetworkMode: "front",
    Memory: 96,
    MemorySwap: 192,
    NanoCpus: seconds / 2,
    PidsLimit: 64,
    ShmSize: 64 * 1024 * 1024,
    Ulimits: [{ Name: "nofile", Soft: 1024, Hard: 2048 }],
    Sysctls: { "net.core.somaxconn": "7" },
    LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
    Tmpfs: { "/run": "size=1m,mode=700", "/cache": "" },
    Devices: [{ PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "r" }],
    IpcMode: "private",
    Runtime: "runc",
  },
  NetworkSettings: {
    Networks: {
      front: { IPAMConfig: { IPv4Address: "10.1.0.7" }, Aliases: ["www", id.slice(0, 12)] },
      "back net": { IPAMConfig: { IPv6Address: "fd00::7" }, Aliases: ["behind"] },
    },
  },
};

const hint = (over: Parameters<typeof member>[1], inspected: unknown) =>
  containerHint(member("solo", over), inspected, "host1").replaceAll(/\s*\\\n\s*/g, " ");

test("names addresses, limits, checks, logs and every network of a container", () => {
  const tmpfs = { type: "tmpfs", source: "", destination: "/cache", readOnly: false } as const;
  expect(hint({ mounts: [tmpfs] }, inspection).split("\n")).toEqual([
    "docker create --name solo --hostname web.example --network front --ip 10.1.0.7 " +
      "--network-alias www --tmpfs '/run:size=1m,mode=700' --tmpfs /cache --device /dev/a:/dev/b:r " +
      "--memory 96 --cpus 0.5 --pids-limit 64 --ulimit nofile=1024:2048 " +
      "--sysctl net.core.somaxconn=7 --log-driver json-file --log-opt max-size=1m --health-cmd 'test -e '\\''/a b'\\''' " +
      "--health-interval 1.5s --health-retries 4 --stop-signal SIGKILL --stop-timeout 7 shop:1",
    "docker network connect --ip6 fd00::7 --alias behind 'back net' solo",
  ]);
});

test("says nothing of what engines give by themselves, or without an inspection", () => {
  const usual = {
    Id: id,
    Config: { Hostname: id.slice(0, 12), Healthcheck: { Test: ["NONE"] } },
    HostConfig: { NetworkMode: "default", LogConfig: { Type: "json-file", Config: {} } },
    NetworkSettings: { Networks: { bridge: { IPAMConfig: null, Aliases: null } } },
  };
  expect(hint({}, usual)).toBe("docker create --name solo --no-healthcheck shop:1");
  expect(hint({}, undefined)).toBe("docker create --name solo --restart always shop:1");
});
