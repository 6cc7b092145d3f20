import assert from "node:assert/strict";
import type { Stack } from "../../bed/compose.ts";
import { ask, askAtRest, type Database, numbersIn } from "../database.ts";
import { redisSession } from "../sessions/redis.ts";

/** Atomic as a whole, in memory as in the file. */
const transfer =
  "redis.call('decrby', 'account:' .. ARGV[1], 7) redis.call('incrby', 'account:' .. ARGV[2], 7) redis.call('incr', 'transfers')";

/** The sum of all accounts, then the numbers whose value is not the one that was stored. */
const findings = `
  local sum, wrong = 0, {}
  for _, key in ipairs(redis.call('keys', 'account:*')) do sum = sum + redis.call('get', key) end
  for _, key in ipairs(redis.call('keys', 'truth:*')) do
    local number = tonumber(string.match(key, '%d+$'))
    if tonumber(redis.call('get', key)) ~= number * number then table.insert(wrong, key) end
  end
  return {sum, unpack(wrong)}`;

export const redis: Database = {
  image: "stackhold-test/redis",
  port: 6379,
  data: "/data",
  /**
   * With `everysec` it acknowledges what is still in its memory whenever the disk is slow; only a server
   * that is shut down then writes it.
   */
  command: (quiesce) => [
    "redis-server",
    ...["--bind", "*", "--protected-mode", "no", "--dir", "/data", "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", quiesce === "pause" ? "always" : "everysec"],
  ],
  prepare: async () => {},
  connect: (port, client) =>
    redisSession(port, (number) => `SET truth:${client}:${number} ${number * number}`),
  load: [
    ...["redis-benchmark", "-q", "-c", "2", "-n", "1000000000", "-r", "20000"],
    ...["EVAL", transfer, "0", "__rand_int__", "__rand_int__"],
  ],
  transfers: async (stack) => Number(await cli(stack, "GET", "transfers")),
  numbers: async (stack, client) => {
    const keys = await cli(stack, "--scan", "--pattern", `truth:${client}:*`);
    return numbersIn(keys.replaceAll(/^truth:\d+:/gm, ""));
  },
  expectSound: async (stack) => {
    assert.equal(await cli(stack, "EVAL", findings, "0"), "0");
    const manifest = "/data/appendonlydir/appendonly.aof.manifest";
    await askAtRest(stack, ["redis-check-aof", manifest]);
  },
};

function cli(stack: Stack, ...args: string[]): Promise<string> {
  return ask(stack, ["redis-cli", ...args]);
}
