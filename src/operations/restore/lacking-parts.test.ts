import { expect, test } from "vitest";
import type { Manifest } from "../../domain/manifest.ts";
import { type PartId, parsePart } from "../../domain/part.ts";
import { pointOperations } from "../../testing/point-operations.ts";
import { publishPoint } from "../../testing/points.ts";
import { chosenFrom, lackingParts, lackingText } from "./lacking-parts.ts";
import type { RestoreInput } from "./restore-input.ts";

const idOf = (day: number) => `2026-11-${day}T02-00-00Z`;
const refOf = (day: number) => ({ host: "web01", unit: "shop", backupId: idOf(day) });
const whole = { parts: [], services: [], paths: [], to: { kind: "in-place" } };
const asked = { ...whole, policy: { accept: [] } } as unknown as RestoreInput;

/** Points of these days: parts that they hold, and those that were away. */
async function world(points: Record<"local" | "usb", Record<number, [string[], string[]]>>) {
  const made = await pointOperations();
  for (const name of ["local", "usb"] as const) {
    for (const [day, [parts, gaps]] of Object.entries(points[name])) {
      const coverage: Manifest["coverage"] = {
        protected: parts,
        excluded: [],
        gaps: gaps.map((what) => ({ what, why: "it was away", new: false })),
      };
      const ids = parts.map((part) => parsePart(part) as PartId);
      await publishPoint(made[name], refOf(Number(day)), ids, "content", { coverage });
    }
  }
  const locate = async (day: number) => {
    return { repository: made.local, reader: await made.local.read(refOf(day)) };
  };
  return { ...made, locate };
}

test("names the newest point of its own repository that has the part, then of the others", async () => {
  const both = ["volume:data", "volume:log"];
  await using at = await world({
    local: {
      10: [["volume:data"], []],
      11: [both, []],
      12: [["volume:data"], ["volume:log"]],
      20: [[], [...both, "bind:/a", "bind:/b"]],
      21: [["volume:log"], ["volume:data"]],
    },
    usb: { 19: [["volume:log", "bind:/b"], ["bind:/a"]], 22: [["volume:data"], []] },
  });
  const point = await at.locate(20);
  const lacking = await lackingParts(asked, point, at.deps, at.context);
  const why = "it was away";
  expect(lacking).toEqual([
    { part: "volume:data", why, newest: { backupId: idOf(12), repository: "local" } },
    { part: "volume:log", why, newest: { backupId: idOf(21), repository: "local" } },
    { part: "bind:/a", why },
    { part: "bind:/b", why, newest: { backupId: idOf(19), repository: "usb" } },
  ]);
  expect(lacking.slice(1, 3).map((one) => lackingText(one, point))).toEqual([
    `volume:log is not restored, since the point ${idOf(20)} lacks it (it was away); the newest point that has it is ${idOf(21)} in local (--at ${idOf(21)} --repository local)`,
    `bind:/a is not restored, since the point ${idOf(20)} lacks it (it was away); no other point that can be read has it`,
  ]);
});

test("a part that was named and is not there is refused with the point that has it", async () => {
  await using at = await world({
    local: { 10: [["volume:data", "volume:log"], []], 20: [["volume:log"], []] },
    usb: {},
  });
  const point = await at.locate(20);
  const choose = (part: string) =>
    chosenFrom({ ...asked, parts: [parsePart(part)] }, point, at.deps, at.context);
  expect((await choose("volume:log")).chosen).toMatchObject([{ part: { name: "log" } }]);
  await expect(choose("volume:data")).rejects.toMatchObject({
    code: "UNKNOWN_PART",
    hint: `of volume:data the newest point that has it is ${idOf(10)} in local (--at ${idOf(10)} --repository local); it has volume:log`,
  });
  await expect(choose("volume:never")).rejects.toMatchObject({ hint: "it has volume:log" });
});

test("a service whose data the point lacks is refused with the point that has it", async () => {
  await using at = await world({ local: { 10: [["volume:data"], []] }, usb: {} });
  const mounts = [
    { type: "volume", source: "/v", volume: "data", destination: "/d", readOnly: false },
  ];
  const image = { reference: "db", id: "sha256:1" };
  const alone = { number: 1, oneOff: false, running: true, restartPolicy: "", dependsOn: [] };
  const members = [{ name: "shop-db-1", service: "db", image, mounts, ...alone }];
  const coverage = {
    protected: [],
    excluded: [],
    gaps: [{ what: "volume:data", why: "it was away", new: false }],
  };
  await publishPoint(at.local, refOf(20), [], "", { coverage, members });
  const db = { ...asked, services: ["db"] };
  const choosing = chosenFrom(db, await at.locate(20), at.deps, at.context);
  await expect(choosing).rejects.toMatchObject({
    code: "UNKNOWN_PART",
    message: expect.stringContaining("has no data of the service db"),
    hint: expect.stringContaining(`of volume:data the newest point that has it is ${idOf(10)}`),
  });
});

test("a repository that does not answer keeps nothing from being restored", async () => {
  await using at = await world({ local: { 20: [[], ["volume:data"]] }, usb: {} });
  const silent = { name: "away", list: () => Promise.reject(new Error("no answer")) } as never;
  const deps = { repositories: [at.local, silent] };
  const lacking = await lackingParts(asked, await at.locate(20), deps, at.context);
  expect(lacking).toEqual([{ part: "volume:data", why: "it was away" }]);
});
