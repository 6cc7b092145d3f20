import { bedEngine } from "../bed/bed.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { run } from "../bed/run.ts";
import { expectExit } from "./expect-exit.ts";
import { described, joined, networkId } from "./networks.ts";
import { ownSubnet } from "./own-subnet.ts";
import { composeFile, service } from "./services.ts";
import { standing } from "./standing.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

const docker = (...args: string[]) => run(["docker", ...args], { env: bedEngine().env });

/**
 * A stack that was backed up, and another project beside it, joined by an external network that is
 * not as it was at the backup any more: an
 * address is not reserved, and a label is another.
 */
export interface SharedNetwork extends AsyncDisposable {
  readonly network: string;
  /** `10.a.b` */
  readonly subnet: string;
  readonly stack: Stack;
  readonly workspace: Workspace;
  /** Containers of the other project: with an address of its own, without one, and stopped. */
  readonly others: readonly string[];
  /** The network as the engine describes it, of the time of the backup. */
  readonly recorded: unknown;
  /** The network, who is in it and how, and how long everybody has been running. */
  look(): Promise<{
    readonly id: string;
    readonly network: unknown;
    readonly joined: unknown;
    readonly others: unknown;
  }>;
  /** Makes it differ again, with everybody in it. */
  differ(): Promise<void>;
}

const alone = `networks: ${JSON.stringify({ default: { external: true, name: "NAME" } })}\n`;

/** `more` are keys of the stack's only service, `app`. */
export async function createSharedNetwork(
  name: string,
  more: Record<string, unknown> = {},
): Promise<SharedNetwork> {
  const engine = bedEngine();
  const subnet = ownSubnet();
  const compose = (services: Record<string, string>) =>
    `${composeFile(services, { data: {} })}${alone.replace("NAME", name)}`;
  const at = (address: string, alias: string) => ({
    networks: { default: { ipv4_address: `${subnet}.${address}`, aliases: [alias] } },
  });
  const own = { app: service({ volumes: ["data:/data"], ...at("20", "shop"), ...more }) };
  const theirs = {
    fixed: service({ restart: "always", ...at("30", "proxy") }),
    free: service({ networks: { default: { aliases: ["cache"] } } }),
    idle: service(at("31", "idle")),
  };
  const make = (...how: string[]) =>
    docker("network", "create", "--subnet", `${subnet}.0/24`, ...how, name);
  await make("--label", "made=first", "--aux-address", `printer=${subnet}.40`);
  const stack = await createStack(engine, { files: { "compose.yaml": compose(own) } });
  const other = await createStack(engine, { files: { "compose.yaml": compose(theirs) } });
  const workspace = await createWorkspace(engine, { stacksDir: stack.root });
  const up = async () => {
    await stack.compose(["up", "-d"]);
    await other.compose(["up", "-d"]);
    await other.compose(["stop", "-t", "1", "idle"]);
  };
  await up();
  expectExit(await workspace.stackhold(["backup", stack.name, "--json"]), 0);
  const recorded = await described(engine, "network", name);
  const others = ["fixed", "free", "idle"].map((one) => `${other.name}-${one}-1`);
  const all = [`${stack.name}-app-1`, ...others];
  return {
    network: name,
    subnet,
    stack,
    workspace,
    others,
    recorded,
    look: async () => ({
      id: await networkId(engine, name),
      network: await described(engine, "network", name),
      joined: await Promise.all(all.map((container) => joined(engine, container, name))),
      others: await standing(engine, { projects: [other.name] }),
    }),
    async differ() {
      await stack.down();
      await other.down();
      await docker("network", "rm", name);
      await make("--label", "made=again");
      await up();
    },
    [Symbol.asyncDispose]: async () => {
      await stack[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
      await docker("network", "rm", "-f", name);
      await workspace[Symbol.asyncDispose]();
    },
  };
}
