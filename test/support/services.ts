export const image = "stackhold-test/busybox";

/** YAML of a service that runs, and stops at once when told to; `more` are further keys. */
export function service(more: Record<string, unknown> = {}): string {
  return JSON.stringify({ image, init: true, command: ["sleep", "infinity"], ...more });
}

/** Of a service whose network nobody asks about: to make one is two thirds of what a start costs. */
export const hostNetwork = { network_mode: "host" } as const;

/** Healthy within a moment, and asked often enough that a test need not wait. */
export const healthcheck = {
  test: ["CMD", "true"],
  interval: "300ms",
  timeout: "5s",
  retries: 3,
} as const;

/** A compose file of services and, by name, volumes. */
export function composeFile(
  services: Record<string, string>,
  volumes: Record<string, unknown> = {},
): string {
  const lines = Object.entries(services).map(([name, text]) => `  ${name}: ${text}`);
  return `services:\n${lines.join("\n")}\nvolumes: ${JSON.stringify(volumes)}\n`;
}

/** The same where nobody asks about networks: each service is in the host's, whatever it says. */
export function hostComposeFile(
  services: Record<string, string>,
  volumes: Record<string, unknown> = {},
): string {
  const all = Object.entries(services).map(([name, text]) => [
    name,
    JSON.stringify({ ...JSON.parse(text), ...hostNetwork }),
  ]);
  return composeFile(Object.fromEntries(all), volumes);
}
