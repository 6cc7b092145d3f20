import { describe, expect, it } from "vitest";
import { asStackholdError } from "../errors.ts";
import { configPath, loadText } from "../testing/config-text.ts";
import { problemsOf } from "./problems.ts";

async function refused(text: string) {
  const error = await loadText(text).then(
    () => expect.fail("the configuration was accepted"),
    (thrown: unknown) => asStackholdError(thrown),
  );
  expect(error.code).toBe("CONFIG_INVALID");
  return error;
}

async function messages(text: string): Promise<string[]> {
  return problemsOf(await refused(text)).map(({ message }) => message);
}

it("reports all problems at once, each with its place, in the order of the file", async () => {
  const text = [
    "stack_dir: /a",
    "backup:",
    "  quiese: pause",
    "  scope: medium",
    "repositories:",
    "  usb: {type: archive}",
    "",
  ].join("\n");
  const error = await refused(text);
  expect(error.message.split("\n")).toEqual([
    "the configuration has 4 problems:",
    `  ${configPath}:1:1: unknown key \`stack_dir\`: did you mean \`stacks_dir\`?`,
    `  ${configPath}:3:3: unknown key \`backup.quiese\`: did you mean \`quiesce\`?`,
    `  ${configPath}:4:3: \`backup.scope\`: "medium" is not one of minimal, standard, full`,
    `  ${configPath}:6:3: \`repositories.usb.path\` is missing`,
  ]);
  expect(problemsOf(error)[1]).toMatchObject({
    path: "backup.quiese",
    place: { line: 3, column: 3 },
  });
});

it("names the place where a key belongs", async () => {
  expect(await messages("quiesce: pause")).toEqual([
    "unknown key `quiesce`: did you mean `backup.quiesce`?",
  ]);
});

describe("text that is not YAML", () => {
  it("is refused with line and column", async () => {
    const error = await refused("host: web01\nbackup: {scope: [\n");
    expect(error.message).toMatch(/config\.yaml:3:1: /);
  });

  it("may not give a key twice", async () => {
    const error = await refused("host: a\nlog_level: info\nhost: b\n");
    expect(error.message).toContain(`${configPath}:3:1: this key is given twice`);
  });

  it("may not be a list, nor several documents", async () => {
    expect(await messages("- a")).toEqual(["the configuration has to be a map of keys"]);
    expect(await messages("host: a\n---\nhost: b")).toEqual(["more than one document in the file"]);
  });

  it("may not grow by aliases without measure", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [next, last] of ["ba", "cb", "dc", "ed"]) {
      bomb.push(`${next}: &${next} [${Array(9).fill(`*${last}`).join(",")}]`);
    }
    await refused(bomb.join("\n"));
  });
});

const wrong: [text: string, message: RegExp][] = [
  ["retention_days: 7\nretention: {daily: 7}", /both given/],
  ["retention: {days: 7, daily: 7}", /`days` stands alone/],
  ["retention: {}", /says nothing/],
  ["retention_days: 0", /not a whole number, 1 or more/],
  ["repositories: {}", /names no repository/],
  [
    "repositories: {r: {type: archiv, path: /p}}",
    /not one of archive, kopia: did you mean "archive"/,
  ],
  ["repositories: {r: {path: /p}}", /`repositories.r.type` is missing: one of archive, kopia/],
  ["repositories: {r: {type: archive, path: /p, compression: gzip, level: 12}}", /gzip's levels/],
  ["repositories: {a/b: {type: archive, path: /p}}", /not a repository name/],
  [
    "repositories: {r: {type: kopia, password: p, storage: {type: s3, bucket: b, endpoint: e}}}",
    /not an http/,
  ],
  [
    "repositories: {r: {type: kopia, password: p, storage: {type: s3, bucket: b, endpoint: 'http://h/p'}}}",
    /more than http/,
  ],
  [
    "repositories: {r: {type: kopia, storage: {type: filesystem, path: /k}}}",
    /`repositories.r.password_file` is missing/,
  ],
  [
    "repositories: {r: {type: kopia, password: p, storage: {type: b2, bucket: b, key_id: i}}}",
    /`repositories.r.storage.key_file` is missing/,
  ],
  [
    "repositories: {r: {type: kopia, password: p, storage: {type: s3, bucket: b, access_key: i}}}",
    /`repositories.r.storage.secret_key_file` is missing/,
  ],
  [
    "repositories: {r: {type: kopia, password: p, storage: {type: webdav, url: 'http://h', password: w}}}",
    /`repositories.r.storage.username` is missing/,
  ],
  [
    "repositories: {r: {type: kopia, password: p, compression: zstd-fatest, storage: {type: filesystem, path: /k}}}",
    /`repositories.r.compression`: "zstd-fatest" is not one of .*did you mean "zstd-fastest"/,
  ],
  ["backup: {repositories: [lcoal]}", /no repository "lcoal": did you mean "local"/],
  [
    "units: {a: {repositories: [usb]}}",
    /`units.a.repositories\[0\]`: there is no repository "usb"/,
  ],
  ["backup: {stop_timeout: 5x}", /not a duration/],
  ["backup: {stop_timeout: -1}", /not a duration/],
  ["backup: {exclude: '*.tmp'}", /has to be a list/],
  ["backup: {groups: [[a]]}", /two units or more/],
  ["backup: {hooks: {pre_backup: []}}", /an empty command/],
  ["schedules: {n: {cron: tomorrow}}", /not a cron line/],
  ["schedules: {n: {cron: 0 2 * * *, timezone: Europe/Atlantis}}", /not a time zone/],
  ["server: {listen: 8000}", /has to be text/],
  ["host: a/b", /not a host name/],
  ["docker: unix:///run/docker.sock", /`docker` has to be a map of keys/],
];

it.each(wrong)("refuses %s", async (text, message) => {
  expect(await messages(text)).toEqual([expect.stringMatching(message)]);
});

it("never repeats a secret", async () => {
  const error = await refused("notifications: {channels: [{type: ntfi, token: hunter2}]}");
  expect(error.message).not.toContain("hunter2");
});
