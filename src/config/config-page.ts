import { configReference, type ReferenceRow, type ReferenceSection } from "./reference.ts";

const head = `# Configuration

Generated from the schema in \`src/config/schema\` by \`npm run docs\`: change it there.

Stackhold reads one file: \`--config FILE\`, else \`STACKHOLD_CONFIG\`, else \`/etc/stackhold/config.yaml\`,
else \`~/.config/stackhold/config.yaml\`. Without any, the defaults hold. \`stackhold admin config show\`
prints what is in force and where each value comes from; \`stackhold admin config validate\` checks a file.

- The file is YAML 1.2: \`on\`, \`off\`, \`yes\` and \`no\` are words. Unknown keys and keys given twice are
  errors; a key without a value counts as absent.
- A relative path is relative to the file; \`~/\` is the home directory. In a variable it is relative to
  the working directory.
- A duration is a number of seconds, or a number with \`s\`, \`m\`, \`h\` or \`d\`: \`30\`, \`30s\`, \`15m\`, \`26h\`, \`2d\`.
- A secret stands in the file (a warning unless its mode is 0600), in the file named by the key with
  \`_file\`, or in a variable. It is never printed.
- A variable goes over the file; an empty one counts as absent. One for a key of \`retention\` replaces
  the file's whole block. Maps of names and lists have no variables.
- A key with a **restriction** is read and checked. Asking for what this version does not do is a
  warning; where a backup would differ from what the file asks for, it is an error (exit code 2).
  Keys that do nothing yet are [at the end](#not-in-this-version).

## What decides for a unit

A flag goes over a label, a label over \`units.<name>\`, that over \`backup\`. \`exclude\` adds up over all
levels. \`hooks\` replace the wider ones name by name; null takes one back. A \`retention\` block replaces
the wider one whole.

| label on a service | value | meaning |
|---|---|---|
| \`stackhold.enable\` | \`true\` or \`false\` | \`false\` leaves out what only such containers mount; on all containers of a unit, the unit |
| \`stackhold.quiesce\` | as \`backup.quiesce\` | where services of a unit disagree, the strongest counts: \`down\`, \`stop\`, \`pause\`, \`none\` |
| \`stackhold.exclude\` | patterns separated by commas | added to the unit's; \`\\,\` is a comma within a pattern |
| \`stackhold.stop-timeout\` | duration | for this container |
| \`stackhold.exec.pre\` | text for \`/bin/sh -c\` | runs in the service's container before it is stopped: [hooks](hooks.md) |
| \`stackhold.exec.post\` | text for \`/bin/sh -c\` | runs there when it is started again, always |

On a volume: \`stackhold.enable\` and \`stackhold.exclude\`, for this volume.

A misspelt one (\`stackhold.exclud\`) is a warning of its unit in a backup and in a dry run (exit code 3), with the one
that was probably meant: something else would be stored than the label asks for.

\`stackhold admin config explain UNIT\` shows what that comes to, and where each value is from:

\`\`\`
KEY           OF          VALUE            FROM
scope                     standard         default
quiesce                   pause            label stackhold.quiesce of db
quiesce       service:web none (overruled) label stackhold.quiesce of web
exclude                   *.tmp            backup.exclude
                          data/*/cache     units.shop.exclude
exec.pre      service:db  pg_dump -f …     label stackhold.exec.pre of db
retention.days            14               STACKHOLD_RETENTION_DAYS
\`\`\`

- Without UNIT: what holds where nothing narrower is said, then for each unit what a label, its block or its name
  in \`skip_stop\` decides.
- Only containers and volumes that are there have labels. What a command line would say is not in it.
- Values are as one would write them in the file; a key that is absent is \`null\`. Secrets are never shown, also not
  those in commands.
- \`--json\`: \`{schemaVersion, file, unit, kind, values}\`; without UNIT \`{schemaVersion, file, unit: null, values,
  units: [{unit, kind, values}]}\`. A value is \`{key, value, source, …}\`:

| field | meaning |
|---|---|
| \`source\` | \`label\`, \`unit\`, \`repository\` (its own \`retention\`), \`global\`, \`environment\` or \`default\` |
| \`path\` | in the file: \`units.shop.quiesce\` |
| \`variable\` | of the environment |
| \`label\`, with \`services\` or \`volume\` | the label, and who carries it |
| \`of\` | what alone it holds for: \`service:db\`, \`volume:shop_data\`, \`repository:usb\`; absent: the unit |
| \`entries\` | of \`exclude\`: each pattern with its own \`source\` |
| \`overruled\` | true: a stronger label of another service counts |
`;

const cell = (text: string) => text.replaceAll("|", "\\|");

function rowText({ key, type, fallback, variable, meaning }: ReferenceRow): string {
  const name = variable === "" ? "" : `\`${variable}\``;
  return `| ${[`\`${key}\``, type, fallback, name, meaning].map(cell).join(" | ")} |`;
}

function sectionText({ title, intro, rows }: ReferenceSection, level = "##"): string {
  const table =
    rows.length === 0
      ? []
      : [
          "| key | type | default | variable | meaning |",
          "|---|---|---|---|---|",
          ...rows.map(rowText),
        ];
  return [`${level} ${title}`, "", `${intro}.`, ...(table.length > 0 ? [""] : []), ...table].join(
    "\n",
  );
}

const idleHead = `## Not in this version

These keys are read and checked, but nothing is done with them yet.`;

/** The rows of each section that are idle, or those that are not; sections without any are left out. */
function withRows(sections: readonly ReferenceSection[], isIdle: boolean): ReferenceSection[] {
  return sections
    .map((section) => ({ ...section, rows: section.rows.filter((row) => row.isIdle === isIdle) }))
    .filter(({ rows }, at) => rows.length > 0 || (!isIdle && sections[at]?.rows.length === 0));
}

/** docs/config.md. */
export function configPage(): string {
  const all = configReference();
  const parts = [
    head,
    ...withRows(all, false).map((section) => sectionText(section)),
    idleHead,
    ...withRows(all, true).map((section) => sectionText(section, "###")),
  ];
  return `${parts.join("\n\n").replaceAll("\n\n\n", "\n\n")}\n`;
}
