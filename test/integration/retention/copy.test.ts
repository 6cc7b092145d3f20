import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { copyResultSchema } from "../../../src/domain/point-results.ts";
import { daysAgo, storePoints } from "../../support/old-points.ts";
import { expectRefused } from "../../support/refused.ts";
import { createWorkspace } from "../../support/workspace.ts";

const nobody = { dockerHost: "unix:///nonexistent/docker.sock", env: { PATH: process.env.PATH } };
const id = daysAgo(1);

/** A point in `local`, and a second repository. No engine answers. */
async function withPoint() {
  const workspace = await createWorkspace(nobody);
  const usb = join(workspace.root, "usb");
  const repositories = {
    local: { type: "archive", path: workspace.backupDir },
    usb: { type: "archive", path: usb, compression: "gzip" },
  };
  const own = await createWorkspace(nobody, { config: { repositories } });
  await storePoints(workspace, "shop", [id]);
  return Object.assign(own, { usb, other: workspace });
}

const copying = ["admin", "snapshot", "copy", "shop", id, "--from", "local", "--to", "usb"];

it("copies a point without an engine, says so, and lists it in both repositories", async () => {
  await using workspace = await withPoint();
  await using _other = workspace.other;
  const done = await workspace.stackhold(copying);
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(
    new RegExp(`^copied ${id} of shop on testhost from local to usb: 1 part, .*as they are$`, "m"),
  );
  const again = await workspace.stackhold([...copying, "--json"]);
  expect(again.code).toBe(0);
  expect(copyResultSchema.parse(again.json())).toMatchObject({ copied: false });
  const listed = (await workspace.stackhold(["list", "points", "--json"])).json();
  expect(listed.map((point: { repository: string }) => point.repository)).toEqual(["local", "usb"]);
  const runs = (await workspace.stackhold(["list", "runs", "shop", "--json"])).json();
  expect(runs).toMatchObject([
    { operation: "copy", status: "succeeded" },
    { operation: "copy", status: "succeeded" },
  ]);
  const logs = (await readdir(workspace.logDir)).filter((name) => name.startsWith("copy_"));
  expect(logs.length).toBeGreaterThan(0);
  const log = await readFile(join(workspace.logDir, "stackhold.log"), "utf8");
  expect(log).toContain(`copied ${id} from local to usb`);
});

it("tells what it works on, and ends with its result", async () => {
  await using workspace = await withPoint();
  await using _other = workspace.other;
  const done = await workspace.stackhold([...copying, "--events"]);
  const events = done.events();
  expect(events[0]).toMatchObject({ type: "run.started", operation: "copy", units: ["shop"] });
  expect(events).toContainEqual(expect.objectContaining({ type: "step.started", step: "copy" }));
  expect(events).toContainEqual(
    expect.objectContaining({ type: "progress", subject: "volume:data" }),
  );
  expect(events.at(-1)).toMatchObject({ type: "run.finished", result: { copied: true } });
});

it("refuses what names no point and no repository, and wants both ends", async () => {
  await using workspace = await withPoint();
  await using _other = workspace.other;
  const args = ["admin", "snapshot", "copy", "shop", id, "--json"];
  const refused = async (more: string[], code: string, says: string) =>
    expectRefused(await workspace.stackhold([...args, ...more]), { exit: 2, code, says, hint: "" });
  await refused(["--from", "local", "--to", "ubs"], "UNKNOWN_REPOSITORY", '"ubs"');
  await refused(["--from", "local", "--to", "local"], "USAGE", "local");
  await refused(["--from", "local", "--to", "usb", "--host", "web02"], "UNKNOWN_POINT", id);
  expect((await workspace.stackhold(args)).code).toBe(2);
});
