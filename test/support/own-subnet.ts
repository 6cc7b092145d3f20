let given = 0;

/** The beginning `10.a.b` of a subnet /24 that no other test has, nor the engine gives by itself. */
export function ownSubnet(): string {
  const index = (process.pid * 16 + given++) % 4096;
  return `10.${224 + (index >> 8)}.${index & 255}`;
}

/** `networks` of a compose file whose containers are in a subnet that nobody takes while it is gone. */
export function ownNetworks() {
  return { default: { ipam: { config: [{ subnet: `${ownSubnet()}.0/24` }] } } };
}

export function inOwnSubnet(compose: string): string {
  return `${compose}networks: ${JSON.stringify(ownNetworks())}\n`;
}
