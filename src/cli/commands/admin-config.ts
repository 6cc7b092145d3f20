import type { Command } from "commander";
import { configDocument, renderConfig } from "../../config/render.ts";
import { refuseUnsupported, unsupportedKeys, unsupportedText } from "../../config/unsupported.ts";
import type { App } from "../app.ts";
import { globals, group } from "./shared.ts";

export function addAdminConfig(program: Command, app: App): void {
  const admin = group(program, "admin", "configuration and administration");
  const config = admin.command("config").description("look at and check the configuration");
  config
    .command("show")
    .description("the effective configuration, and where each value is from")
    .action((_flags: object, command: Command) => {
      const options = globals(command);
      return app.plain(options, async () => {
        const loaded = await app.loadConfig(options);
        const text = renderConfig(loaded, { origins: true }).trimEnd();
        return { document: configDocument(loaded), text, exitCode: 0 };
      });
    });
  config
    .command("validate")
    .description("check the configuration without using it")
    .action((_flags: object, command: Command) => {
      const options = globals(command);
      return app.plain(options, async () => {
        const loaded = await app.loadConfig(options);
        refuseUnsupported(unsupportedKeys(loaded));
        const warnings = [...loaded.warnings, ...unsupportedKeys(loaded).map(unsupportedText)];
        const place = loaded.file ?? "no configuration file: the defaults hold";
        const document = { schemaVersion: 1, ok: true, file: loaded.file ?? null, warnings };
        const text = [...warnings.map((w) => `warning: ${w}`), `${place}: valid`].join("\n");
        return { document, text, exitCode: 0 };
      });
    });
}
