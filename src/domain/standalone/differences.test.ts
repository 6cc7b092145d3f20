import { expect, it } from "vitest";
import type { ContainerCreation } from "./creation.ts";
import { differences } from "./differences.ts";
import { maskedValues } from "./masked-values.ts";

const creation = (
  config: ContainerCreation["config"],
  hostConfig: ContainerCreation["hostConfig"] = {},
  networks: ContainerCreation["networks"] = {},
): ContainerCreation => ({ name: "web", config, hostConfig, networks });

it("tells fields that say something else, and networks", () => {
  const before = creation(
    { Env: ["A=1"], Labels: { a: "1", b: "2" } },
    { Memory: 5 },
    { front: {} },
  );
  const now = creation({ Env: ["A=2"], Labels: { b: "2", a: "1" } }, { Memory: 6 }, { back: {} });
  expect(differences(before, now)).toEqual(["Env", "Memory", "network back", "network front"]);
  expect(differences(before, before)).toEqual([]);
});

it("takes what engines write for nothing as nothing", () => {
  const before = creation({ Volumes: null, Domainname: "" }, { KernelMemory: 0, Devices: [] });
  const now = creation({ Volumes: {} }, { Devices: null, MaskedPaths: ["/proc/novel"] });
  expect(differences(before, now)).toEqual([]);
});

it("names the places of values that were taken out", () => {
  const document = {
    Env: ["A=1", "KEY=[secret]", "URL=http://[secret]@h"],
    Labels: { "api.token": "[secret]", plain: "x" },
    LogConfig: { Config: { "splunk-token": "[secret]" } },
    Cmd: ["go", "[secret]"],
  };
  expect(maskedValues(document)).toEqual([
    "Env KEY",
    "Env URL",
    "label api.token",
    "LogConfig.Config.splunk-token",
    "Cmd.1",
  ]);
});
