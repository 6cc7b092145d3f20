import { expect, it } from "vitest";
import { parse } from "yaml";
import { configPath, loadText } from "../testing/config-text.ts";
import { configDocument, renderConfig } from "./render.ts";

const file = `
skip_stop: [traefik]
backup: {stop_timeout: 120}
notifications: {channels: [{type: ntfy, token: hunter2}]}
`;
const env = { STACKHOLD_HOST: "web01" };

it("says where each value comes from", async () => {
  const lines = renderConfig(await loadText(file, env), { origins: true }).split("\n");
  expect(lines[0]).toBe(`# ${configPath}`);
  expect(lines).toContain("host: web01 # STACKHOLD_HOST");
  expect(lines).toContain("skip_stop: [traefik] # file");
  expect(lines).toContain("  stop_timeout: 2m # file");
  expect(lines).toContain("  max_age: 26h # default");
  expect(lines.slice(lines.indexOf("notifications:") + 1).slice(0, 2)).toEqual([
    "  # file",
    "  channels:",
  ]);
});

it("never shows a secret", async () => {
  const loaded = await loadText(file, env);
  const shown = [renderConfig(loaded, { origins: true }), JSON.stringify(configDocument(loaded))];
  for (const text of shown) {
    expect(text).toContain("[secret]");
    expect(text).not.toContain("hunter2");
  }
});

it("prints what reads back as the same configuration", async () => {
  const source =
    "retention: {daily: 7}\nbackup: {parallel: 2, start_timeout: 90, exclude: ['#x', 'on']}";
  const loaded = await loadText(source);
  const again = await loadText(renderConfig(loaded, { origins: true }));
  expect(again.config).toEqual(loaded.config);
});

it("gives the same as a document", async () => {
  const loaded = await loadText(file, env);
  const document = configDocument(loaded);
  expect(document).toMatchObject({ schemaVersion: 1, file: configPath });
  expect(document.config).toEqual(parse(renderConfig(loaded)));
  expect(document.origins.host).toEqual({ from: "environment", variable: "STACKHOLD_HOST" });
  expect(document.origins["retention.days"]).toEqual({ from: "default" });
});
