import { expect, it } from "vitest";
import type { Mount } from "../unit.ts";
import { type LayerChange, ownChanges } from "./layer-changes.ts";
import { layerCoverage } from "./layer-coverage.ts";

const mountAt = (destination: string): Mount => ({
  type: "volume",
  source: "/s",
  destination,
  readOnly: false,
});

const list = (kind: LayerChange["kind"], ...paths: string[]) =>
  paths.map((path): LayerChange => ({ path, kind }));

it("takes mount points, their parents and the engine's files for nothing of the container's own", () => {
  const changes = [
    ...list("modified", "/etc", "/srv", "/dev"),
    ...list("added", "/.dockerenv", "/etc/hosts", "/etc/mtab", "/dev/console", "/sbin/docker-init"),
    ...list("added", "/srv/a", "/srv/a/b", "/app", "/app/dir"),
  ];
  const member = { mounts: [mountAt("/srv/a/b/")], workingDir: "/app/dir" };
  expect(ownChanges(changes, member)).toEqual({ lost: [], temporary: [] });
});

it("keeps what was made, changed and deleted, without the directories above, and temporary files apart", () => {
  const changes = [
    ...list("modified", "/etc", "/etc/passwd", "/var", "/var/run", "/run"),
    ...list("added", "/opt", "/opt/app", "/opt/app/state", "/tmp/x", "/run/app.pid", "/runner"),
    ...list("deleted", "/etc/motd", "/.dockerenv"),
  ];
  expect(ownChanges(changes, { mounts: [] })).toEqual({
    lost: ["/etc/passwd", "/opt/app/state", "/runner", "/etc/motd", "/.dockerenv"],
    temporary: ["/tmp", "/run", "/var/run"],
  });
});

const app = (name: string) => ({ name, service: "app", oneOff: false });

it("is one gap for all containers of a service, and one of its own for a container that stands alone", () => {
  const changes = (lost: string[]) => ({ lost, temporary: [] });
  const layers = [
    { member: app("shop-app-1"), changes: changes(["/b"]) },
    { member: app("shop-app-2"), changes: changes(["/a", "/c"]) },
    { member: { name: "lone", oneOff: false }, changes: changes(["/d"]) },
    { member: { name: "once", service: "app", oneOff: true }, changes: changes([]) },
  ];
  expect(layerCoverage(layers, () => undefined)).toEqual({
    gaps: [
      {
        what: "layer:app",
        why: "3 paths were changed in the container itself, /a for one, and are in none of its mounts: lost when it is made anew",
      },
      {
        what: "layer:lone",
        why: "/d was changed in the container itself and is in none of its mounts: lost when it is made anew",
      },
    ],
    excluded: [],
  });
});

it("is left out by the rule that leaves the container out, temporary files by their own", () => {
  const changes = { lost: ["/a"], temporary: ["/tmp"] };
  const rule = () => "label stackhold.enable";
  expect(layerCoverage([{ member: app("shop-app-1"), changes }], rule)).toEqual({
    gaps: [],
    excluded: [
      { what: "layer:app", rule: "label stackhold.enable" },
      { what: "/tmp in layer:app", rule: "no data: temporary files" },
    ],
  });
});
