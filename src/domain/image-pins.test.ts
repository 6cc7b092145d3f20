import { expect, it } from "vitest";
import { parse } from "yaml";
import { parseResolved } from "./copy/resolved-project.ts";
import { followingTheirNames, isPinsText, pinsText } from "./image-pins.ts";

const pin = (service: string, reference: string) => ({ service, name: "app:1", reference });

it("keeps the pins of other services beside new ones, and knows its own file", () => {
  const before = pinsText([pin("app", "app@sha256:1"), pin("web", "sha256:2")]);
  const text = pinsText([pin("app", "sha256:3")], before);
  expect(isPinsText(text)).toBe(true);
  expect(isPinsText("services: {}")).toBe(false);
  expect(parse(text)).toEqual({
    services: {
      app: { image: "sha256:3", pull_policy: "never" },
      web: { image: "sha256:2", pull_policy: "never" },
    },
  });
});

it("pins only services that are there and would be made of that very name", () => {
  const services = {
    same: { image: "app:1" },
    built: { build: { context: "." } },
    newer: { image: "app:2" },
  };
  const all = ["same", "built", "newer", "gone"].map((service) => pin(service, "sha256:1"));
  const found = followingTheirNames(all, parseResolved(JSON.stringify({ services })));
  expect(found.map(({ service }) => service)).toEqual(["same", "built"]);
});
