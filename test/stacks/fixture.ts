import type { Site } from "./site.ts";

/** Folders of `test/fixtures/stacks`, or containers without one, and what is done with them. */
export interface Fixture {
  /** Folder → name of the project. */
  readonly stacks: Readonly<Record<string, string>>;
  /** Containers that no compose file makes, in the order in which they are restored. */
  readonly containers?: readonly string[];
  /** A shell script in the directory of all stacks, before anything starts: what a checkout cannot hold. */
  readonly prepare?: string;
  /** Networks and volumes that are made by hand: name → options. */
  readonly networks?: Readonly<Record<string, readonly string[]>>;
  readonly volumes?: Readonly<Record<string, readonly string[]>>;
  /** Instead of `docker compose up -d` for each stack. */
  readonly begin?: (site: Site) => Promise<unknown>;
  /** Gives the running stacks their data. */
  readonly fill: (site: Site) => Promise<unknown>;
  /** What the services answer: the same of the restored ones, wherever they are. */
  readonly ask: (site: Site) => Promise<Readonly<Record<string, string>>>;
  /** `SERVICE DESTINATION` of what a server rewrites as it runs: its answers are compared, not its files. */
  readonly live?: readonly string[];
  /** Directories above binds, outside the projects: no part has them, so that they come back at a time of their own. */
  readonly parents?: readonly string[];
  /** What a backup may say, with exit code 3; and a restore, in place and beside. */
  readonly warns?: RegExp;
  readonly notes?: RegExp;
  readonly copyNotes?: RegExp;
  /** Answers that a copy cannot give, as its restore says. */
  readonly notCopied?: readonly string[];
}

/** What Stackhold knows them by. */
export const unitsOf = ({ stacks, containers = [] }: Fixture): readonly string[] => [
  ...Object.values(stacks),
  ...containers,
];
