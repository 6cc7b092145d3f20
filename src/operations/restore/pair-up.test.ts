import { expect, it } from "vitest";
import type { RecordedMember } from "../../domain/manifest.ts";
import { pairUp } from "./pair-up.ts";

function recorded(service: string | undefined, number: number, oneOff = false): RecordedMember {
  return {
    name: `${service ?? "lone"}-${number}`,
    ...(service === undefined ? {} : { service }),
    number,
    oneOff,
    image: { reference: "image", id: "sha256:0" },
    running: true,
    restartPolicy: "no",
    dependsOn: [],
    mounts: [],
  };
}

/** A container of now has all that is looked at. */
const present = recorded;

/** Names as `recorded → present`. */
function paired(all: RecordedMember[], now: RecordedMember[]): string[] {
  return [...pairUp(all, now)].map(([one, other]) => `${one.name} → ${other.name}`).sort();
}

it("finds containers by service and number, lone ones by name", () => {
  const all = [recorded("app", 1), recorded("app", 2), recorded(undefined, 1)];
  const now = [present(undefined, 1), present("app", 2), present("db", 1)];
  expect(paired(all, now)).toEqual(["app-2 → app-2", "lone-1 → lone-1"]);
});

it("gives replicas that are gone those that Compose made instead, in order", () => {
  const all = [recorded("app", 3), recorded("app", 2), recorded("app", 1), recorded("db", 1)];
  const now = [present("app", 5), present("app", 4), present("app", 2), present("db", 2)];
  const pairs = ["app-1 → app-4", "app-2 → app-2", "app-3 → app-5", "db-1 → db-2"];
  expect(paired(all, now)).toEqual(pairs);
});

it("takes no job that ran once for a replica, nor a replica for a job", () => {
  const all = [recorded("app", 1), recorded("app", 1, true)];
  expect(paired(all, [present("app", 7, true)])).toEqual([]);
  expect(paired(all, [present("app", 7)])).toEqual(["app-1 → app-7"]);
});
