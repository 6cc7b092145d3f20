import { describe, expect, test } from "vitest";
import { StackholdError } from "../errors.ts";
import { aManifest } from "../testing/manifest.ts";
import { chooseParts, idsOf } from "./choose-parts.ts";
import type { Manifest, StoredPart } from "./manifest.ts";
import { formatPart, parsePart } from "./part.ts";

const ref = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };

function part(text: string, source = text, type: StoredPart["type"] = "directory"): StoredPart {
  const { kind, name = "" } = parsePart(text);
  const sizes = { bytes: 1, files: 1, storedBytes: 1, deltaBytes: 0 };
  return { kind, name, source, type, ...sizes, archives: [] };
}

function bound(...sources: string[]): Manifest["members"] {
  const mounts = sources.map((source) => ({
    ...{ type: "bind", source, destination: "/x", readOnly: false },
  }));
  const image = { reference: "shop:1", id: "sha256:1" };
  const facts = { number: 1, oneOff: false, running: true, restartPolicy: "no", dependsOn: [] };
  return [{ name: "shop-app-1", service: "app", image, ...facts, mounts }];
}

const manifest = aManifest(
  ref,
  [
    part("project", "/srv/shop"),
    part("volume:data", "shop_data"),
    part("volume:media", "shop_media"),
    part("bind:/srv/media", "/srv/media"),
  ],
  {
    stack: { project: "shop", workingDir: "/srv/shop", composeFiles: [], environmentFiles: [] },
    members: bound("/srv/shop/site", "/srv/shop/site/deep", "/srv/media", "/srv/media/raw"),
    volumes: [
      {
        ...{ name: "shop_uploads", driver: "local", labels: {}, anonymous: false },
        options: { type: "none", o: "bind", device: "/srv/shop/uploads" },
      },
    ],
  },
);

const chosen = (...texts: string[]) =>
  chooseParts(manifest, texts.map(parsePart)).map(({ part: stored, only }) => ({
    part: formatPart(stored),
    ...(only === undefined ? {} : { only: only.map(({ path }) => path) }),
  }));

describe("choosing parts of a point", () => {
  test("means all of it where nothing is named", () => {
    expect(chosen()).toHaveLength(4);
    expect(chosen().some(({ only }) => only !== undefined)).toBe(false);
  });

  test("takes a volume by its short and by its full name, once", () => {
    expect(chosen("volume:data", "volume:shop_data")).toEqual([{ part: "volume:data" }]);
  });

  test("takes every part of a bare kind", () => {
    expect(chosen("volume")).toEqual([{ part: "volume:data" }, { part: "volume:media" }]);
  });

  test("finds a mount in the part that it was stored with", () => {
    expect(chosen("bind:/srv/shop/site")).toEqual([{ part: "project", only: ["site"] }]);
    expect(chosen("volume:uploads")).toEqual([{ part: "project", only: ["uploads"] }]);
    expect(chosen("bind:/srv/media/raw")).toEqual([{ part: "bind:/srv/media", only: ["raw"] }]);
    const ids = chooseParts(manifest, [parsePart("bind:/srv/shop/site")]).flatMap(idsOf);
    expect(ids).toEqual([{ kind: "bind", name: "/srv/shop/site" }]);
  });

  test("stores one within another once, and both within the whole", () => {
    const inner = ["bind:/srv/shop/site/deep", "bind:/srv/shop/site", "bind:/srv/shop/site"];
    expect(chosen(...inner)).toEqual([{ part: "project", only: ["site"] }]);
    expect(chosen(...inner, "project")).toEqual([{ part: "project" }]);
  });

  test.each(["volume:dta", "bind:/srv/shop/notes", "networks"])("knows no %s", (text) => {
    expect(() => chosen("project", text)).toThrow(StackholdError);
    expect(() => chosen(text)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_PART", hint: expect.stringContaining("project") }),
    );
  });

  test("suggests the part that was probably meant", () => {
    const meant = (text: string) => {
      const message = { text: "" };
      try {
        chosen(text);
      } catch (error) {
        message.text = (error as Error).message;
      }
      return /: did you mean "(.*)"\?$/.exec(message.text)?.[1];
    };
    expect(meant("volume:dta")).toBe("volume:data");
    expect(meant("volume:shop_dta")).toBe("volume:data");
    expect(meant("bind:data")).toBe("volume:data");
    expect(meant("bind:/srv/medai")).toBe("bind:/srv/media");
    expect(meant("volume:nix")).toBeUndefined();
    expect(meant("volume:db")).toBeUndefined();
    expect(meant("networks")).toBeUndefined();
  });
});
