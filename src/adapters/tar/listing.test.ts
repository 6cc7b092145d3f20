import { expect, it } from "vitest";
import { parseDetailed } from "./listing.ts";

const fields = "f 2049:131 2 1234 978307200.5000000000 978307201.2500000000 4755 1000 100 16".split(
  " ",
);
const record = [...fields, "./a b\n c"].join(" ");

it("reads a record with details, whatever the name", () => {
  expect(parseDetailed(record)).toEqual({
    type: "f",
    inode: "2049:131",
    links: 2,
    bytes: 1234,
    mtime: "978307200.5000000000",
    ctime: "978307201.2500000000",
    mode: "4755",
    uid: "1000",
    gid: "100",
    allocated: 8192,
    facts: fields.slice(0, 9).join(" "),
    name: "./a b\n c",
    record,
  });
});

it("holds everything for a fact but the name and what is allocated", () => {
  const { facts } = parseDetailed(record);
  for (const [index] of fields.entries()) {
    const other = fields.with(index, `${fields[index]}1`);
    const isFact = parseDetailed([...other, "./a"].join(" ")).facts !== facts;
    expect(isFact, `field ${index}`).toBe(index < 9);
  }
});
