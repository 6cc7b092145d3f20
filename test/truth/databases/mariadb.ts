import assert from "node:assert/strict";
import type { Stack } from "../../bed/compose.ts";
import { ask, askAtRest, type Database, numbersIn } from "../database.ts";
import { mariadbSession } from "../sessions/mariadb.ts";

const data = "/var/lib/mysql";
const accounts = 20_000;
const pick = `1 + floor(rand() * ${accounts})`;

const tables = `
create table truth (client int, number int, text char(32), primary key (client, number), key (text));
create table account (id int primary key, balance bigint not null, filler varchar(255) not null);
create table transfer (id int auto_increment primary key, giver int, taker int, amount int);
insert into account select seq, 0, repeat(md5(seq), 6) from seq_1_to_${accounts};
delimiter //
create procedure transfers() begin
  declare giver, taker, amount int;
  while true do
    set giver = ${pick}, taker = ${pick}, amount = 1 + floor(rand() * 1000);
    start transaction;
    update account set balance = balance - amount where id = giver;
    update account set balance = balance + amount where id = taker;
    insert into transfer (giver, taker, amount) values (giver, taker, amount);
    commit;
  end while;
end//
`;

const client = ["mariadb", "-u", "app", "--batch", "--skip-column-names"];

export const mariadb: Database = {
  image: "stackhold-test/mariadb",
  port: 3306,
  data,
  prepare: async (stack) => {
    await stack.exec("db", [...client, "app"], { input: tables });
  },
  connect: (port, writer) =>
    mariadbSession(
      port,
      (number) => `insert into truth values (${writer}, ${number}, md5('${writer} ${number}'))`,
    ),
  load: ["mariadb", "-u", "app", "app", "-e", "call transfers()"],
  transfers: async (stack) => Number(await sql(stack, "select count(*) from transfer")),
  numbers: async (stack, writer) =>
    numbersIn(await sql(stack, `select number from truth where client = ${writer}`)),
  recovers: "Starting crash recovery",
  /** Every row, every index and every page. */
  expectSound: async (stack) => {
    const checked = await sql(stack, "check table truth, account, transfer extended");
    assert.deepEqual(
      checked.split("\n").map((line) => line.split("\t").slice(2)),
      Array(3).fill(["status", "OK"]),
    );
    const balances = `
      select count(*) from account left join (
        select id, sum(amount) as amount from (
          select taker as id, amount from transfer union all select giver, -amount from transfer
        ) as moved group by id
      ) as sums using (id) where balance <> coalesce(amount, 0)`;
    assert.equal(await sql(stack, balances), "0", "accounts differ from their transfers");
    assert.equal(
      await sql(stack, "select count(*) from truth where text <> md5(concat(client, ' ', number))"),
      "0",
    );
    // Not ibdata1: the tool takes the pages of others in its doublewrite area for broken ones.
    const files = `for file in ${data}/*/*.ibd; do innochecksum "$file"; done`;
    await askAtRest(stack, ["sh", "-euc", files]);
  },
};

function sql(stack: Stack, statement: string): Promise<string> {
  return ask(stack, [...client, "app", "-e", statement]);
}
