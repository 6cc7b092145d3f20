import { expect, it } from "vitest";
import { readLabels, unsupportedLabels } from "./labels.ts";

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

it("reports labels that are not acted on, and unknown ones", () => {
  const labels = {
    "stackhold.exec.pre": "dump",
    "stackhold.drill.check": "true",
    "stackhold.quiese": "stop",
    "stackhold.quiesce": "stop",
    other: "x",
  };
  const found = unsupportedLabels([labelled(labels)]);
  expect(found.map(({ key, severity }) => [key, severity])).toEqual([
    ["wp-db-1: stackhold.drill.check", "warning"],
    ["wp-db-1: stackhold.quiese", "warning"],
  ]);
  expect(found[1]?.message).toBe("unknown label: did you mean stackhold.quiesce?");
});
