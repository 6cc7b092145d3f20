import type { Arbitrary } from "fast-check";
import { archiveWay } from "./archive-way.ts";
import { type FileSystem, fileSystems } from "./file-systems.ts";
import { histories, laterHistories } from "./generate.ts";
import type { History } from "./history.ts";
import { kopiaWay } from "./kopia-way.ts";
import type { OpenWay } from "./way.ts";

export interface Keeping {
  readonly name: string;
  readonly open: OpenWay;
  readonly histories: Arbitrary<History>;
  readonly fileSystems: readonly FileSystem[];
}

export const archives: Keeping = { name: "archive", open: archiveWay, histories, fileSystems };

export const inKopia: Keeping = {
  name: "kopia",
  open: kopiaWay,
  histories: laterHistories,
  fileSystems,
};

export const keepings: readonly Keeping[] = [archives, inKopia];
