import type { Command } from "commander";
import { verifyPoints } from "../../operations/verify-points.ts";
import type { App, GlobalOptions } from "../app.ts";
import { verifyText } from "../format/verify-text.ts";
import { answer, globals, present } from "./shared.ts";

interface VerifyFlags extends GlobalOptions {
  readonly at?: string;
  readonly all?: boolean;
  readonly deep?: boolean;
  readonly repository?: string;
  readonly host?: string;
}

export function addVerify(program: Command, app: App): void {
  program
    .command("verify")
    .description("check the newest point of each unit, or of one, in every repository")
    .argument("[unit]")
    .option("--at <point>", "latest, a backup id, or a time")
    .option("--all", "every point")
    .option("--deep", "read every entry back out of its archive")
    .option("--repository <name>", "in this repository only")
    .option("--host <host>", "another host's points")
    .action((unit: string | undefined, flags: VerifyFlags, command: Command) =>
      app.run("verify", globals(command), async ({ deps, context }) => {
        const input = {
          ...present({ unit, at: flags.at, repository: flags.repository, host: flags.host }),
          all: flags.all === true,
          deep: flags.deep === true,
          trigger: "manual",
        };
        const document = await verifyPoints(input, deps, context);
        return answer(document, verifyText, document.ok ? 0 : 1);
      }),
    );
}
