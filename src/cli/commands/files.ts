import { resolve } from "node:path";
import type { Command } from "commander";
import { fileDocument } from "../../domain/file-results.ts";
import { parsePart } from "../../domain/part.ts";
import { parsePartPath } from "../../domain/part-path.ts";
import type { StoredEntry } from "../../domain/stored-entry.ts";
import { asStackholdError, StackholdError } from "../../errors.ts";
import { getFile, pourFile } from "../../operations/files/get-file.ts";
import { listFiles } from "../../operations/files/list-files.ts";
import { listParts } from "../../operations/files/list-parts.ts";
import type { FilesQuery, PointChoice } from "../../operations/files/open-part.ts";
import type { Answer, App, GlobalOptions, Session } from "../app.ts";
import { fetchedText, fileLine, partsText } from "../format/files-text.ts";
import { answer, globals, present } from "./shared.ts";

interface FilesFlags extends GlobalOptions {
  readonly at: string;
  readonly repository?: string;
  readonly host?: string;
  readonly base64?: boolean;
  readonly recursive?: boolean;
  readonly output?: string;
}

const printed = (exitCode: number): Answer => ({
  document: null,
  text: () => "",
  exitCode,
  printed: true,
});

function choiceOf(unit: string, { at, repository, host }: FilesFlags): PointChoice {
  return { unit, at, ...present({ repository, host }) };
}

function queryOf(unit: string, part: string, path: string, flags: FilesFlags): FilesQuery {
  return {
    ...choiceOf(unit, flags),
    part: parsePart(part),
    path: parsePartPath(path, { base64: flags.base64 === true }),
  };
}

function refuseEvents({ events }: GlobalOptions): void {
  if (events !== true) return;
  throw new StackholdError("USAGE", "--events does not go with a listing or a file on stdout", {
    hint: "use --json, or -o to write the file",
  });
}

/** An array that is written while it is read: what goes wrong halfway is its last element. */
function arrayWriter(app: App) {
  let count = 0;
  const add = (elements: readonly unknown[]): Promise<void> => {
    const text = elements.map((one) => `${count++ === 0 ? "[" : ","}\n  ${JSON.stringify(one)}`);
    return app.write(text.join(""));
  };
  return {
    add,
    get isEmpty() {
      return count === 0;
    },
    end: () => app.write(count === 0 ? "[]\n" : "\n]\n"),
  };
}

async function listAsJson(session: Session, query: FilesQuery, flags: FilesFlags, app: App) {
  const { deps, context } = session;
  const array = arrayWriter(app);
  const onEntries = (entries: readonly StoredEntry[]) => array.add(entries.map(fileDocument));
  try {
    const input = { ...query, recursive: flags.recursive === true };
    await listFiles(input, onEntries, deps, context);
    await array.end();
    return printed(0);
  } catch (error) {
    if (array.isEmpty) throw error;
    const told = asStackholdError(error);
    await array.add([told.toDocument()]);
    await array.end();
    context.emit({ type: "log", level: "error", message: told.message });
    return printed(told.exitCode);
  }
}

async function list(session: Session, query: FilesQuery, flags: FilesFlags, app: App) {
  refuseEvents(flags);
  if (flags.json === true) return listAsJson(session, query, flags, app);
  let count = 0;
  const onEntries = (entries: readonly StoredEntry[]): Promise<void> => {
    count += entries.length;
    return app.write(entries.map((entry) => `${fileLine(entry, app.columns)}\n`).join(""));
  };
  const input = { ...query, recursive: flags.recursive === true };
  await listFiles(input, onEntries, session.deps, session.context);
  return count > 0 ? printed(0) : answer([], () => "The directory is empty.");
}

async function parts(session: Session, unit: string, flags: FilesFlags, app: App) {
  if (flags.recursive === true || flags.base64 === true) {
    const flag = flags.recursive === true ? "--recursive" : "--base64";
    throw new StackholdError("USAGE", `${flag} goes with a part`, {
      hint: `\`stackhold files ls ${unit}\` lists the parts`,
    });
  }
  const document = await listParts(choiceOf(unit, flags), session.deps);
  return answer(document, (shown) => partsText(shown, app.columns));
}

async function get(session: Session, query: FilesQuery, flags: FilesFlags, app: App) {
  const { deps, context } = session;
  if (flags.output !== undefined) {
    const document = await getFile(query, resolve(flags.output), deps, context);
    return answer(document, fetchedText);
  }
  refuseEvents(flags);
  if (flags.json === true) {
    throw new StackholdError("USAGE", "a file on stdout leaves no place for --json", {
      hint: "write it to a place of its own with -o",
    });
  }
  await pourFile(query, (bytes) => app.write(bytes), deps, context);
  return printed(0);
}

function pointOptions(command: Command): Command {
  return command
    .option("--at <point>", "latest, a backup id, or a time", "latest")
    .option("--repository <name>", "take the point from here")
    .option("--host <host>", "take another host's point")
    .option("--base64", "PATH is a pathBase64 of a listing");
}

export function addFiles(program: Command, app: App): void {
  const files = program.command("files").description("look into a restore point, fetch files");
  pointOptions(files.command("ls"))
    .description("list the parts of a point, or a directory of a part")
    .argument("<unit>")
    .argument("[part]", "KIND or KIND:NAME, e.g. volume:data; absent: all parts are listed")
    .argument("[path]", "below the part's root", "")
    .option("-R, --recursive", "everything below")
    .action(
      async (
        unit: string,
        part: string | undefined,
        path: string,
        flags: FilesFlags,
        command: Command,
      ) => {
        const options = { ...flags, ...globals(command) };
        await app.run("query", options, (session) =>
          part === undefined
            ? parts(session, unit, options, app)
            : list(session, queryOf(unit, part, path, flags), options, app),
        );
      },
    );
  pointOptions(files.command("get"))
    .description("print a file, or write a file or a directory with its attributes")
    .argument("<unit>")
    .argument("<part>", "KIND or KIND:NAME, e.g. volume:data")
    .argument("<path>", "below the part's root")
    .option("-o, --output <file>", "where to write it; must not be there yet")
    .action(
      async (unit: string, part: string, path: string, flags: FilesFlags, command: Command) => {
        const options = { ...flags, ...globals(command) };
        await app.run("query", options, (session) =>
          get(session, queryOf(unit, part, path, flags), options, app),
        );
      },
    );
}
