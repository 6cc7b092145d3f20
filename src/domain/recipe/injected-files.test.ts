import { expect, it } from "vitest";
import { injectedFiles } from "./injected-files.ts";

it("are configs and secrets that are no files of the host, at their places", () => {
  const configuration = {
    services: {
      app: {
        configs: [
          { source: "inline" },
          { source: "inline", target: "/etc/app.conf" },
          { source: "file" },
        ],
        secrets: [{ source: "shell", target: "word" }, { source: "shell" }],
      },
      db: {},
    },
    configs: { inline: { content: "x" }, file: { file: "/srv/x" } },
    secrets: { shell: { environment: "WORD" } },
  };
  expect([...injectedFiles(configuration)]).toEqual([
    ["app", ["/inline", "/etc/app.conf", "/run/secrets/word", "/run/secrets/shell"]],
    ["db", []],
  ]);
});
