import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOrder, isFirstAddress, isSameRange, overlap, parseRange } from "./subnet.ts";

describe("a subnet", () => {
  it.each([
    ["10.1.0.0/16", "10.1.255.0/24", true],
    ["10.1.255.0/24", "10.1.0.0/16", true],
    ["10.1.0.0/24", "10.1.1.0/24", false],
    ["0.0.0.0/0", "192.0.2.1", true],
    ["fd00::/8", "fd12:3456::1", true],
    ["fd00:1::/64", "fd00:2::/64", false],
    ["::/0", "10.0.0.0/8", false],
    ["::ffff:10.0.0.0/104", "::ffff:a01:203", true],
    ["10.0.0.0/8", "nonsense", false],
  ])("%s and %s meet: %s", (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected);
  });

  it.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.0/33",
    "::1::",
    "fd00::/129",
    "1:2:3",
    "g::",
    "1:2:3:4:5:6:7:8::",
  ])("is not %j", (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  it("has the same addresses however it is written", () => {
    expect(isSameRange("fd00:1::/64", "FD00:0001:0:0::/64")).toBe(true);
    expect(isSameRange("10.1.0.7/24", "10.1.0.0/24")).toBe(true);
    expect(isSameRange("10.1.0.0/24", "10.1.0.0/25")).toBe(false);
    expect(isSameRange("a", "a")).toBe(true);
  });

  it("has its first address after its own", () => {
    expect(isFirstAddress("10.1.0.1", "10.1.0.0/24")).toBe(true);
    expect(isFirstAddress("fd00::1", "fd00::/64")).toBe(true);
    expect(isFirstAddress("10.1.0.254", "10.1.0.0/24")).toBe(false);
  });

  it("has its addresses in order, and none comes last", () => {
    const texts = ["", "10.0.0.10", "10.0.0.9"];
    const sorted = texts.toSorted((a, b) => (addressOrder(a) < addressOrder(b) ? -1 : 1));
    expect(sorted).toEqual(["10.0.0.9", "10.0.0.10", ""]);
  });

  it.each(["ipv4", "ipv6"] as const)("has the addresses that node says, %s", (family) => {
    const address = family === "ipv4" ? fc.ipV4() : fc.ipV6();
    const bits = fc.integer({ min: 0, max: family === "ipv4" ? 32 : 128 });
    fc.assert(
      fc.property(address, bits, address, (net, length, one) => {
        const list = new BlockList();
        list.addSubnet(net, length, family);
        expect(overlap(`${net}/${length}`, one)).toBe(list.check(one, family));
      }),
    );
  });
});
