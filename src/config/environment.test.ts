import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadText } from "../testing/config-text.ts";
import { applyEnvironment, environmentNames, processEnvironment } from "./environment.ts";
import { configSchema } from "./schema/config-schema.ts";
import { choicesOf, factsOf } from "./shape.ts";
import { pathText, schemaAt } from "./walk.ts";

const names = environmentNames(configSchema);

it("names a variable for every scalar outside maps and lists", () => {
  expect(names.get("STACKHOLD_STACKS_DIR")).toEqual(["stacks_dir"]);
  expect(names.get("STACKHOLD_BACKUP_STOP_TIMEOUT")).toEqual(["backup", "stop_timeout"]);
  expect(names.get("STACKHOLD_DOCKER_HOST")).toEqual(["docker", "host"]);
  expect([...names.keys()].filter((name) => /_(UNITS|REPOSITORIES|SCHEDULES)_/.test(name))).toEqual(
    [],
  );
});

it("gives every key a variable of its own", () => {
  const paths = [...names.values()].map((path) => path.join("."));
  expect(new Set(paths).size).toBe(paths.length);
});

it("sets each key by its variable, and only that", () => {
  const text = fc.stringMatching(/^[a-z][a-z0-9/]{0,12}$/);
  fc.assert(
    fc.property(fc.constantFrom(...names.entries()), text, ([name, path], word) => {
      const schema = schemaAt(configSchema, {}, path) ?? expect.fail(`no schema for ${name}`);
      const value = choicesOf(schema)[0] ?? word;
      const result = applyEnvironment(configSchema, {}, { [name]: value });
      expect([...result.set]).toEqual([[pathText(path), name]]);
      const inside = path.reduce<unknown>((v, key) => Object(v)[key], result.value);
      expect(inside).toBe(value);
    }),
  );
});

describe("values from the environment", () => {
  it("become what the key wants", async () => {
    const { config } = await loadText("", {
      STACKHOLD_BACKUP_STOP_TIMEOUT: "2m",
      STACKHOLD_BACKUP_START_TIMEOUT: "90",
      STACKHOLD_BACKUP_PARALLEL: "4",
      STACKHOLD_INCLUDE_DATA: "false",
      STACKHOLD_HOST: "42",
    });
    expect(config.backup).toMatchObject({ stop_timeout: 120, start_timeout: 90, parallel: 4 });
    expect([config.include_data, config.host]).toEqual([false, "42"]);
  });

  it("go over the file, and null takes back what it says", async () => {
    const file = "backup: {quiesce: pause, stop_timeout: 30}";
    const { config, origins } = await loadText(file, { STACKHOLD_BACKUP_STOP_TIMEOUT: "null" });
    expect(config.backup).toMatchObject({ quiesce: "pause", stop_timeout: null });
    expect(origins.get("backup.stop_timeout")).toMatchObject({
      from: "environment",
      variable: "STACKHOLD_BACKUP_STOP_TIMEOUT",
    });
  });

  it("count as absent when empty", async () => {
    const { config } = await loadText("host: web01", { STACKHOLD_HOST: "" });
    expect(config.host).toBe("web01");
  });

  it("replace the file's retention whole", async () => {
    const days = { STACKHOLD_RETENTION_DAYS: "3" };
    expect((await loadText("retention: {daily: 7}", days)).config.retention).toEqual({ days: 3 });
    expect((await loadText("retention_days: 7", days)).config.retention).toEqual({ days: 3 });
    const weekly = { STACKHOLD_RETENTION_WEEKLY: "4" };
    expect((await loadText("retention_days: 7", weekly)).config.retention).toEqual({ weekly: 4 });
  });

  it("are named by their variable when they are wrong", async () => {
    await expect(loadText("", { STACKHOLD_BACKUP_QUIESCE: "halt" })).rejects.toThrow(
      /STACKHOLD_BACKUP_QUIESCE: `backup.quiesce`: "halt" is not one of stop, pause, down, none/,
    );
  });
});

it("warns of a variable that nobody reads, and not of those read elsewhere", async () => {
  const { warnings } = await loadText("", {
    STACKHOLD_BACKUP_QUIESE: "stop",
    STACKHOLD_API_TOKEN_FILE: "/run/token",
    STACKHOLD_REQUIRE: "docker",
    STACK_DIR: "x",
  });
  expect(warnings).toEqual([
    "unknown variable STACKHOLD_BACKUP_QUIESE: did you mean STACKHOLD_BACKUP_QUIESCE?",
  ]);
});

it("reads the environment of the process", () => {
  expect(processEnvironment().PATH).toBe(process.env.PATH);
});

it("has a scalar behind every variable", () => {
  for (const path of names.values()) {
    const schema = schemaAt(configSchema, {}, path);
    expect(schema && factsOf(schema).shape.kind).toBe("scalar");
  }
});
