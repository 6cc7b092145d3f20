import { expect, it } from "vitest";
import { misspeltLabels, readLabels, unsupportedLabels } from "./labels.ts";

const labelled = (labels: Record<string, string>) => ({ name: "wp-db-1", labels });

it("reads what a container's labels ask for", () => {
  const labels = {
    "stackhold.enable": "true",
    "stackhold.quiesce": "pause",
    "stackhold.exclude": "cache/, *.tmp,, a\\,b",
    "stackhold.stop-timeout": "2m",
    "stackhold.exec.pre": "pg_dump -U app app > /dump/app.sql\n",
    "stackhold.exec.post": "rm /dump/app.sql",
    "com.docker.compose.project": "wp",
  };
  expect(readLabels(labelled(labels))).toEqual({
    enable: true,
    quiesce: "pause",
    exclude: ["cache/", "*.tmp", "a,b"],
    stopTimeout: 120,
    execPre: "pg_dump -U app app > /dump/app.sql",
    execPost: "rm /dump/app.sql",
  });
  expect(readLabels(labelled({}))).toEqual({ exclude: [] });
});

it.each([
  ["stackhold.enable", "no"],
  ["stackhold.quiesce", "halt"],
  ["stackhold.stop-timeout", "soon"],
  ["stackhold.exec.pre", " "],
])("names the container whose %s cannot be read", (label, value) => {
  expect(() => readLabels(labelled({ [label]: value }))).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(`the container wp-db-1 has the label ${label}="${value}"`),
    }),
  );
});

it("reads a volume's two labels and leaves the others alone", () => {
  const labels = {
    "stackhold.enable": "false",
    "stackhold.exclude": "x",
    "stackhold.quiesce": "?",
  };
  expect(readLabels(labelled(labels), "volume")).toEqual({ enable: false, exclude: ["x"] });
});

it("reports labels that are not acted on, and unknown ones, once for each service and volume", () => {
  const labels = {
    "stackhold.exec.pre": "dump",
    "stackhold.drill.check": "true",
    "stackhold.quiese": "stop",
    "stackhold.quiesce": "stop",
    other: "x",
  };
  const service = {
    "com.docker.compose.service": "web",
    "stackhold.exclud": "tmp",
    "stackhold.own.key": "x",
  };
  const containers = [
    labelled(labels),
    { name: "wp-web-1", labels: service },
    { name: "wp-web-2", labels: service },
  ];
  const volumes = [{ name: "wp_data", labels: { "stackhold.enabled": "false" } }];
  const unknown = (meant: string) => `unknown label, nothing heeds it: did you mean ${meant}?`;
  const found = [
    ["wp-db-1: stackhold.quiese", unknown("stackhold.quiesce")],
    ["web: stackhold.exclud", unknown("stackhold.exclude")],
    ["volume wp_data: stackhold.enabled", unknown("stackhold.enable")],
  ];
  const told = (all: ReturnType<typeof misspeltLabels>) =>
    all.map(({ key, message }) => [key, message]);
  expect(told(misspeltLabels(containers, volumes))).toEqual(found);
  expect(told(unsupportedLabels(containers, volumes))).toEqual([
    ...found.slice(0, 2),
    ["web: stackhold.own.key", "unknown label, nothing heeds it"],
    ...found.slice(2),
    ["wp-db-1: stackhold.drill.check", "this label is not available in this version"],
  ]);
});
