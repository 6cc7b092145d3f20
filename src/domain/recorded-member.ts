import type { RecordedMember } from "./manifest.ts";
import { isRunning, type Member } from "./unit.ts";

/** What a manifest says of a container. */
export function recordedMember(member: Member): RecordedMember {
  return {
    name: member.name,
    ...(member.service === undefined ? {} : { service: member.service }),
    number: member.number,
    oneOff: member.oneOff,
    image: {
      reference: member.image,
      id: member.imageId,
      ...(member.digest === undefined ? {} : { digest: member.digest }),
    },
    running: isRunning(member),
    restartPolicy: member.restartPolicy.name,
    dependsOn: member.dependsOn.map((d) => ({ ...d })),
    ...(member.networkOf === undefined ? {} : { networkOf: member.networkOf }),
    mounts: member.mounts.map((mount) => ({ ...mount })),
  };
}
