import { expect, it } from "vitest";
import { composeFacts } from "./compose-labels.ts";

const compose = (labels: Record<string, string>) =>
  Object.fromEntries(Object.entries(labels).map(([k, v]) => [`com.docker.compose.${k}`, v]));

it("reads what Compose wrote", () => {
  const facts = composeFacts(
    compose({
      project: "p",
      service: "web",
      "project.working_dir": "/opt/stacks/p",
      "project.config_files": "compose.yaml,../shared/x.yaml,/etc/y.yaml",
      "project.environment_file": "/opt/stacks/p/a.env,b.env",
      "container-number": "3",
      oneoff: "True",
      depends_on: "db:service_healthy:false,cache:service_started:true,old",
    }),
  );
  expect(facts).toEqual({
    project: "p",
    service: "web",
    workingDir: "/opt/stacks/p",
    composeFiles: ["/opt/stacks/p/compose.yaml", "/opt/stacks/shared/x.yaml", "/etc/y.yaml"],
    environmentFiles: ["/opt/stacks/p/a.env", "/opt/stacks/p/b.env"],
    number: 3,
    oneOff: true,
    dependsOn: [
      { service: "db", condition: "service_healthy" },
      { service: "cache", condition: "service_started" },
      { service: "old", condition: "service_started" },
    ],
  });
});

it("takes a container without a project for none of Compose's", () => {
  expect(composeFacts(compose({ service: "web" }))).toBeUndefined();
  expect(composeFacts(compose({ project: "" }))).toBeUndefined();
});

it("has no file for what was read from standard input", () => {
  expect(composeFacts(compose({ project: "p", "project.config_files": "-" }))).toMatchObject({
    composeFiles: [],
    number: 1,
    oneOff: false,
  });
});
