import { expect, it } from "vitest";
import { parseDotEnv } from "../discovery/dot-env.ts";
import { projectEnvironment } from "./project-environment.ts";

it.each(["", "A=1", "A=1\n", "A=1\nCOMPOSE_FILE=other.yaml\nCOMPOSE_PROJECT_NAME=other\n"])(
  "lines after %j decide the project and its file",
  (text) => {
    const variables = parseDotEnv(projectEnvironment(text, "shop-b", "compose.stackhold.yaml"));
    expect(variables).toEqual({
      ...(text === "" ? {} : { A: "1" }),
      COMPOSE_PROJECT_NAME: "shop-b",
      COMPOSE_FILE: "compose.stackhold.yaml",
    });
  },
);
