/** Addresses from the first to the last; those of IPv4 and IPv6 never meet. */
export interface AddressRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** RFC 4291, 2.2: groups, one run of zeros as `::`, the last two groups perhaps as IPv4. */
function parseIpv6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const tail = parseIpv4(dotted[2] ?? "");
    if (tail === undefined) return undefined;
    const groups = [tail >> 16n, tail & 0xffffn].map((group) => group.toString(16));
    return parseIpv6(`${dotted[1]}${groups.join(":")}`);
  }
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const groupsOf = (half: string) => (half === "" ? [] : half.split(":"));
  const [before, after] = [groupsOf(head), groupsOf(tail ?? "")];
  const zeros = 8 - before.length - after.length;
  if (tail === undefined ? zeros !== 0 : zeros < 1) return undefined;
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** Of `10.0.0.0/8`, or of a single address; undefined for anything else. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = "", length] = text.split("/");
  const bits = address.includes(":") ? 128 : 32;
  const value = bits === 128 ? parseIpv6(address) : parseIpv4(address);
  const prefix = length === undefined ? bits : Number(length);
  if (value === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > bits) {
    return undefined;
  }
  const free = BigInt(bits - prefix);
  const first = (value >> free) << free;
  return { bits, first, last: first + (1n << free) - 1n };
}

/** False where one of them is no subnet. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parseRange(one), parseRange(other)];
  if (a === undefined || b === undefined) return false;
  return a.bits === b.bits && a.first <= b.last && b.first <= a.last;
}

/** Both ways of writing the same. */
export function isSameRange(one: string, other: string): boolean {
  const [a, b] = [parseRange(one), parseRange(other)];
  if (a === undefined || b === undefined) return one === other;
  return a.bits === b.bits && a.first === b.first && a.last === b.last;
}

/** Whether it is the subnet's first address after that of the network itself. */
export function isFirstAddress(address: string, subnet: string): boolean {
  const [at, range] = [parseRange(address), parseRange(subnet)];
  return at !== undefined && range !== undefined && at.first === range.first + 1n;
}

/** For sorting: no address comes last. */
export function addressOrder(address: string): bigint {
  return parseRange(address)?.first ?? 1n << 128n;
}
