let given = 0;

/** Of a third each, for the workers of a run live long enough to give hundreds. */
const worker = Number(process.env.VITEST_POOL_ID ?? 1) - 1;
const first = process.ppid * 16 + worker * 1365;

/** The beginning `10.a.b` of a subnet /24 that no other test has, nor the engine gives by itself. */
export function ownSubnet(): string {
  const index = (first + given++) % 4096;
  return `10.${224 + (index >> 8)}.${index & 255}`;
}

/** `networks` of a compose file whose containers are in a subnet that nobody takes while it is gone. */
export function ownNetworks() {
  return { default: { ipam: { config: [{ subnet: `${ownSubnet()}.0/24` }] } } };
}

export function inOwnSubnet(compose: string): string {
  return `${compose}networks: ${JSON.stringify(ownNetworks())}\n`;
}
