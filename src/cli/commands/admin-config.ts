import type { Command } from "commander";
import type { LoadedConfig } from "../../config/load.ts";
import { configDocument, renderConfig } from "../../config/render.ts";
import type { UnitConfig } from "../../config/schema/config-schema.ts";
import { unsupportedKeys, unsupportedText } from "../../config/unsupported.ts";
import { hookNames } from "../../domain/hooks.ts";
import { checkHost, type HostCheck, notLooked } from "../../operations/check-host.ts";
import type { App } from "../app.ts";
import { addExplain } from "./admin-config-explain.ts";
import { mentionsOf } from "./mentions.ts";
import { globals, group } from "./shared.ts";

const inVain = (error: unknown): string[] => [notLooked(error)];

function namedHooks(block: string, hooks: UnitConfig["hooks"] = {}): HostCheck["hooks"] {
  return hookNames.flatMap((name) => {
    const hook = hooks[name] ?? null;
    const [program, ...args] = typeof hook === "string" ? [hook] : (hook ?? []);
    return program === undefined
      ? []
      : [{ key: `${block}.hooks.${name}`, argv: [program, ...args] as const }];
  });
}

/** What the configuration says of this host; a default that is not there is nobody's mistake. */
function namedIn({ config, origins }: LoadedConfig): HostCheck {
  const isGiven = origins.get("stacks_dir")?.from !== "default";
  return {
    directories: [
      ...(isGiven ? [{ key: "stacks_dir", path: config.stacks_dir }] : []),
      ...config.extra_stacks.map((path) => ({ key: "extra_stacks", path })),
    ],
    mentions: [
      ...config.backup.units.map((unit) => ({ key: "backup.units", unit })),
      ...mentionsOf(config),
    ],
    hooks: [
      ...namedHooks("backup", config.backup.hooks),
      ...Object.entries(config.units).flatMap(([unit, { hooks = {} }]) =>
        namedHooks(`units.${unit}`, hooks),
      ),
    ],
  };
}

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
        const text = () => renderConfig(loaded, { origins: true }).trimEnd();
        return { document: configDocument(loaded), text, exitCode: 0 };
      });
    });
  config
    .command("validate")
    .description("check the configuration, and whether this host has what it names")
    .action((_flags: object, command: Command) => {
      const options = globals(command);
      return app.plain(options, async () => {
        const loaded = await app.loadConfig(options);
        const warnings = [
          ...loaded.warnings,
          ...unsupportedKeys(loaded).map(unsupportedText),
          ...(await app.look(loaded, (deps) => checkHost(namedIn(loaded), deps)).catch(inVain)),
        ];
        const place = loaded.file ?? "no configuration file: the defaults hold";
        const document = { schemaVersion: 1, ok: true, file: loaded.file ?? null, warnings };
        const text = () => [...warnings.map((w) => `warning: ${w}`), `${place}: valid`].join("\n");
        return { document, text, exitCode: 0 };
      });
    });
  addExplain(config, app);
}
