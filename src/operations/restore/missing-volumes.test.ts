import { describe, expect, it } from "vitest";
import type { RecordedMember, RecordedVolume } from "../../domain/manifest.ts";
import type { PointReader } from "../../ports/repository.ts";
import { missingVolumes } from "./missing-volumes.ts";
import type { Survey } from "./survey.ts";

const label = { "com.docker.compose.project": "shop" };

const volume = (name: string, more: Partial<RecordedVolume> = {}): RecordedVolume => ({
  ...{ name, driver: "local", labels: {}, options: {}, anonymous: false },
  ...more,
});

const masked = { options: { o: "password=[secret]" } };

/** A point with these volumes; `kept` is what its recipe has in place of masks. */
function reader(volumes: readonly RecordedVolume[], kept?: string): PointReader {
  const documents: Record<string, unknown> = {
    "volumes.json": volumes,
    ...(kept === undefined
      ? {}
      : {
          "secrets.json": {
            format: 1,
            documents: { "volumes.json": [{ pointer: "/0/options/o", value: kept }] },
          },
        }),
  };
  return {
    manifest: {
      stack: { project: "shop" },
      volumes,
      parts: kept === undefined ? [] : [{ kind: "recipe" }],
    },
    pour: async (_: unknown, path: string, onBytes: (bytes: Uint8Array) => Promise<void>) =>
      onBytes(Buffer.from(JSON.stringify(documents[path]))),
  } as unknown as PointReader;
}

function survey(present: readonly string[], mounted: readonly string[] = []): Survey {
  const mounts = mounted.map((name) => ({ volume: name }));
  return {
    volumes: new Map(present.map((name) => [name, {}])),
    missing: [{ mounts } as unknown as RecordedMember],
  } as unknown as Survey;
}

const context = { signal: new AbortController().signal };

async function names(point: PointReader, now: Survey, only?: ReadonlySet<string>) {
  return (await missingVolumes(point, now, only, context)).map(({ name }) => name);
}

describe("volumes that a restore makes", () => {
  it("are those that are gone, anonymous ones aside", async () => {
    const all = [volume("a"), volume("b"), volume("c", { anonymous: true })];
    expect(await names(reader(all), survey(["b"]))).toEqual(["a"]);
  });

  it("are of some parts only what these and the containers to be created need", async () => {
    const all = ["a", "b", "c"].map((name) => volume(name));
    expect(await names(reader(all), survey([], ["b"]), new Set(["a"]))).toEqual(["a", "b"]);
  });

  it("have the values again that the point keeps apart", async () => {
    const point = reader([volume("a", masked)], "password=planted");
    const [made] = await missingVolumes(point, survey([]), undefined, context);
    expect(made?.options).toEqual({ o: "password=planted" });
  });

  it("are left to Compose without these values, and refused where Compose does not make them", async () => {
    const own = reader([volume("a", { ...masked, labels: label })]);
    expect(await names(own, survey([]))).toEqual([]);
    await expect(names(reader([volume("a", masked)]), survey([]))).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      message: expect.stringContaining("the volume a is gone"),
      hint: expect.stringContaining("docker volume create"),
    });
    expect(await names(reader([volume("a", masked)]), survey(["a"]))).toEqual([]);
  });
});
