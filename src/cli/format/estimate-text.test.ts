import { expect, it } from "vitest";
import type { EstimateResult, PartEstimate } from "../../domain/estimate-result.ts";
import { estimateText } from "./estimate-text.ts";

const part = (name: string, stored: PartEstimate["stored"]): PartEstimate => ({
  ...{ kind: "volume", name, source: name, bytes: 48_000_000, files: 120, stored },
});
const stored = { repository: "local", storedBytes: 5_800_000 } as const;
const unit: EstimateResult["units"][number] = {
  ...{ unit: "shop", kind: "stack", scope: "standard", bytes: 1, files: 1, repositories: [] },
  parts: [],
};
const result = (
  units: EstimateResult["units"],
  repositories: EstimateResult["repositories"],
): EstimateResult => ({ schemaVersion: 1, host: "h", units, repositories });
const room = { name: "local", storedBytes: 5_800_000, neededBytes: 23_000_000 };

it("has a line a part, and one a repository with what is needed and there", () => {
  const parts = [
    part("data", [{ ...stored, basis: "sample", sampledBytes: 16_000_000 }]),
    part("cache", [{ ...stored, basis: "point", backupId: "2026-11-20T02-00-00Z" }]),
    part("x", [{ ...stored, basis: "assumption" }]),
  ];
  const repositories = [{ ...room, freeBytes: 90_000_000_000, enough: true }];
  expect(estimateText(result([{ ...unit, parts }], repositories), {}).split("\n")).toEqual([
    "UNIT  PART             DATA  ENTRIES    STORED  FROM",
    "shop  volume:data   48.0 MB      120  ~ 5.8 MB  a sample of 16.0 MB",
    "shop  volume:cache  48.0 MB      120  ~ 5.8 MB  2026-11-20T02-00-00Z",
    "shop  volume:x      48.0 MB      120  ~ 5.8 MB  an assumption",
    "local: about 5.8 MB to store, needs 23.0 MB free, has 90.0 GB",
  ]);
});

it("names the repository where there are several, and what goes wrong", () => {
  const error = { code: "X", class: "user", message: "it is away" };
  const both = [stored, { ...stored, repository: "usb" }];
  const parts = [
    part(
      "data",
      both.map((one) => ({ ...one, basis: "assumption" as const })),
    ),
  ];
  const repositories = [
    { ...room, freeBytes: 1_000_000, enough: false },
    { ...room, name: "usb" },
    { ...room, name: "nas", error },
  ];
  const units = [
    { ...unit, parts },
    { ...unit, unit: "blog", error },
  ];
  const text = estimateText(result(units, repositories), {});
  expect(text.split("\n").slice(1)).toEqual([
    "shop  volume:data  48.0 MB      120  local       ~ 5.8 MB  an assumption",
    "shop  volume:data  48.0 MB      120  usb         ~ 5.8 MB  an assumption",
    "blog: error: it is away",
    "local: about 5.8 MB to store, needs 23.0 MB free, has only 1.0 MB",
    "usb: about 5.8 MB to store, needs 23.0 MB free",
    "nas: it is away",
  ]);
});
