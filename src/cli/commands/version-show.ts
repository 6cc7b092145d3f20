import process from "node:process";
import type { Command } from "commander";
import type { App } from "../app.ts";
import { globals } from "./shared.ts";

export function addVersion(program: Command, app: App): void {
  program
    .command("version")
    .description("versions of Stackhold, Node and the tools it uses")
    .action((_flags: object, command: Command) =>
      app.plain(globals(command), async () => {
        const tools = await app.tools();
        const node = process.versions.node;
        const lines = Object.entries({ node, ...tools }).map(
          ([tool, version]) => `  ${tool.padEnd(10)} ${version ?? "not found"}`,
        );
        return {
          document: { schemaVersion: 1, version: app.version, node, tools },
          text: () => [`stackhold ${app.version}`, ...lines].join("\n"),
          exitCode: 0,
        };
      }),
    );
}
