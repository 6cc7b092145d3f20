import type { Database } from "../database.ts";
import { lmdb } from "./lmdb.ts";
import { mariadb } from "./mariadb.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";

export const databases = { postgres, mariadb, redis, lmdb } as const satisfies Record<
  string,
  Database
>;
export type DatabaseName = keyof typeof databases;
