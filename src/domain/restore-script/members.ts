import type { Manifest, RecordedMember } from "../manifest.ts";
import { type Ordered, startOrder } from "../order.ts";

/** The unit's lasting containers in the order of starting. */
export function membersInOrder({ members }: Pick<Manifest, "members">): RecordedMember[] {
  const lasting = members.filter(({ oneOff }) => !oneOff);
  const ordered = lasting.map((member): Ordered & { readonly member: RecordedMember } => ({
    id: member.name,
    name: member.name,
    labels: {},
    number: member.number,
    dependsOn: member.dependsOn,
    volumesFrom: [],
    ...(member.service === undefined ? {} : { service: member.service }),
    ...(member.networkOf === undefined ? {} : { networkOf: member.networkOf }),
    member,
  }));
  return startOrder(ordered).map(({ member }) => member);
}

/** What `find_container` of the scripts wants to know. */
export function searchWords({ name, service, number }: RecordedMember): string[] {
  return service === undefined ? [name] : [name, service, String(number)];
}

/** Whether Compose can make the containers. */
export function isCompose({ manifest: { stack } }: { readonly manifest: Manifest }): boolean {
  return stack !== undefined && stack.composeFiles.length > 0;
}
