import { describe, expect, it } from "vitest";
import { composeReferences } from "./compose-references.ts";
import { filePlace } from "./file-place.ts";

function paths(text: string, more: { service?: string; running?: string[] } = {}): string[] {
  const { files } = composeReferences(text, {
    base: "/opt/shop",
    variables: { STAGE: "prod" },
    runs: (name) => more.running?.includes(name) === true,
    ...(more.service === undefined ? {} : { service: more.service }),
  });
  return files.map(
    ({ role, path, optional, base, service }) =>
      `${role} ${path}${optional ? "?" : ""}${base ? ` in ${base}` : ""}${service ? ` for ${service}` : ""}`,
  );
}

describe("the files that a compose file names", () => {
  it.each([
    [
      "include: [sub/a.yaml]",
      ["compose /opt/shop/sub/a.yaml in /opt/shop/sub", "environment /opt/shop/sub/.env?"],
    ],
    [
      "include: [{path: [x/a.yaml, ../b.yaml], project_directory: p, env_file: [one.env, /two]}]",
      [
        "compose /opt/shop/x/a.yaml in /opt/shop/p",
        "compose /opt/b.yaml in /opt/shop/p",
        "environment /opt/shop/one.env",
        "environment /two",
      ],
    ],
    [
      "services: {a: {extends: {file: ../base.yaml, service: b}}}",
      ["compose /opt/base.yaml in /opt for b"],
    ],
    ["services: {a: {extends: b}, b: {env_file: x.env}}", ["environment /opt/shop/x.env"]],
    [
      "services: {a: {env_file: [$STAGE.env, {path: y.env, required: false}], label_file: l}}",
      ["environment /opt/shop/prod.env", "environment /opt/shop/y.env?", "other /opt/shop/l"],
    ],
    [
      "configs: {c: {file: c.conf}, d: {content: x}}\nsecrets: {s: {file: ../s}, t: {environment: T}}",
      ["config /opt/shop/c.conf", "secret /opt/s"],
    ],
    ["services: {a: {profiles: [dev], env_file: dev.env}}", ["environment /opt/shop/dev.env?"]],
    ["x: &e {env_file: e.env}\nservices: {a: {<<: *e}}", ["environment /opt/shop/e.env"]],
    ["services: {a: {build: !reset null, env_file: !override [z]}}", ["environment /opt/shop/z"]],
    ["", []],
    ["services: [wrong]", []],
  ])("of %s", (text, wanted) => {
    expect(paths(text)).toEqual(wanted);
  });

  it("must be there for a service whose profile is active", () => {
    const text = "services: {a: {profiles: [dev], env_file: dev.env}}";
    expect(paths(text, { running: ["a"] })).toEqual(["environment /opt/shop/dev.env"]);
  });

  it("are only those of the service that another file takes from it", () => {
    const text =
      "services: {a: {extends: b, env_file: a}, b: {extends: {service: a}, env_file: b}, c: {env_file: c}}\nsecrets: {s: {file: s}}";
    const wanted = ["environment /opt/shop/a", "environment /opt/shop/b"];
    expect(paths(text, { service: "a" })).toEqual(wanted);
    expect(paths(text, { service: "none" })).toEqual([]);
  });

  it("are told apart from what is fetched, and from what an image is built of", () => {
    const text = `
include: ["oci://registry/stack", "git@host:x.git"]
services: {a: {build: ./ctx}, b: {build: {context: "https://x/y.git", dockerfile: D}}}`;
    const context = { base: "/opt/shop", variables: {}, runs: () => false };
    expect(composeReferences(text, context)).toEqual({
      files: [],
      remote: ["oci://registry/stack", "git@host:x.git"],
      builds: [
        { service: "a", context: "/opt/shop/ctx" },
        { service: "b", context: "https://x/y.git", dockerfile: "D" },
      ],
      isCertain: true,
    });
  });

  it.each([
    ["include: [$X/a.yaml]"],
    ["include: [{path: a.yaml, project_directory: ~/a}]"],
    ["services: {a: {extends: {file: $X.yaml, service: b}}}"],
    ["services: {a: {env_file: [{path: ~/a.env, required: false}]}}"],
    ["services: {a: {label_file: $X}}"],
    ["configs: {a: {file: $X}}"],
    ["secrets: {a: {file: ~/a}}"],
    ["services: {a: {develop: {watch: [{path: ., action: rebuild}]}}}"],
  ])("are not certain where they depend on something else: %s", (text) => {
    const context = { base: "/opt/shop", variables: {}, runs: () => false };
    expect(composeReferences(text, context).isCertain).toBe(false);
    expect(composeReferences("services: {a: {image: $X}}", context).isCertain).toBe(true);
  });
});

it("a file has its relative place in the project, and its whole path outside of it", () => {
  expect(filePlace("/opt/shop/a/b", "/opt/shop")).toBe("compose/a/b");
  expect(filePlace("/opt/shopping/a", "/opt/shop")).toBe("outside/opt/shopping/a");
  expect(filePlace("/a", "/")).toBe("compose/a");
});
