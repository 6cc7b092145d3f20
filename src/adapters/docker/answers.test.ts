import { describe, expect, it } from "vitest";
import { negotiate } from "./api-version.ts";
import { inspectionSchema, toMember } from "./container-inspection.ts";
import { containerListSchema, toSummary } from "./container-list.ts";
import { noAnswer, refused } from "./failures.ts";
import { digestFor } from "./images.ts";
import { ConnectionFailure } from "./request.ts";

const listed = {
  Id: "abc",
  Names: ["/other/alias", "/own"],
  Image: "redis:7",
  ImageID: "sha256:1",
  State: "running",
  Status: "Up 2 seconds",
  Labels: null,
  Mounts: null,
};

const summary = (more: object) => {
  const [raw] = containerListSchema.parse([{ ...listed, ...more }]);
  if (raw === undefined) throw new Error("unreachable: one in, one out");
  return toSummary(raw);
};

describe("a listed container", () => {
  it.each([
    ["Up 3 days (healthy)", "healthy"],
    ["Up 1 second (health: starting)", "starting"],
    ["Up About an hour (unhealthy)", "unhealthy"],
    ["Up 3 minutes (Paused)", undefined],
    ["Exited (0) 2 days ago", undefined],
  ])("is by its status %s %s", (Status, health) => {
    expect(summary({ Status }).health).toBe(health);
  });

  it("has its own name, not a link's", () => {
    expect(summary({}).name).toBe("own");
  });

  it("counts by whether it runs when its state is a new one", () => {
    expect(summary({ State: "dreaming" }).state).toBe("running");
    expect(summary({ State: "dreaming", Status: "Exited (0)" }).state).toBe("exited");
  });

  it("keeps a mount of a kind that is not known", () => {
    const Mounts = [{ Type: "novel", Source: "/src", Destination: "/dst", RW: false }];
    expect(summary({ Mounts }).mounts).toEqual([
      { type: "bind", source: "/src", destination: "/dst", readOnly: true },
    ]);
  });
});

const inspected = {
  Id: "abc",
  Name: "/own",
  Image: "sha256:1",
  State: { Status: "running", Running: true, ExitCode: 0, FinishedAt: "0001-01-01T00:00:00Z" },
  Config: { Image: "redis:7", Labels: null },
  HostConfig: { VolumesFrom: ["data:ro"], RestartPolicy: { Name: "" } },
};

const member = (config: object) =>
  toMember(
    inspectionSchema.parse({ ...inspected, Config: { ...inspected.Config, ...config } }),
    undefined,
  );

describe("an inspected container", () => {
  it("has the engine's defaults in its health check", () => {
    expect(member({ Healthcheck: { Test: ["CMD", "true"], Interval: 0 } }).healthcheck).toEqual({
      intervalMs: 30_000,
      startPeriodMs: 0,
      retries: 3,
    });
    const stated = { Test: ["CMD"], Interval: 5e9, StartPeriod: 1.5e9, Retries: 9 };
    expect(member({ Healthcheck: stated }).healthcheck).toEqual({
      intervalMs: 5000,
      startPeriodMs: 1500,
      retries: 9,
    });
  });

  it("has no health check where it was switched off", () => {
    expect(member({ Healthcheck: { Test: ["NONE"] } })).not.toHaveProperty("healthcheck");
  });

  it("says nothing of what the engine does not state", () => {
    const plain = member({});
    const usual = { volumesFrom: ["data"], dependsOn: [], number: 1, autoRemove: false };
    expect(plain).toMatchObject(usual);
    for (const name of ["stopTimeout", "finishedAt", "networkOf", "service", "digest"]) {
      expect(plain).not.toHaveProperty(name);
    }
    expect(member({ StopTimeout: 0 }).stopTimeout).toBe(0);
  });
});

describe("the digest of an image", () => {
  it("is that of the repository that the container names", () => {
    const digests = ["mirror.example:5000/redis@sha256:aa", "redis@sha256:bb"];
    expect(digestFor("docker.io/library/redis:7", digests)).toBe("redis@sha256:bb");
    expect(digestFor("mirror.example:5000/redis", digests)).toBe(digests[0]);
    expect(digestFor("sha256:1", digests)).toBe(digests[0]);
    expect(digestFor("built-here", [])).toBeUndefined();
  });
});

it.each([
  ["1.41", undefined, "1.41"],
  ["1.9", undefined, "1.9"],
  ["1.99", "1.24", "1.48"],
  ["1.99", "1.60", "1.60"],
])("speaks with an engine of %s, at least %s, in %s", (theirs, oldest, spoken) => {
  expect(negotiate(theirs, oldest)).toBe(spoken);
});

describe("a failure", () => {
  const answer = (status: number, text: string) =>
    refused({ status, text, headers: {} }, "container x", "CONTAINER_MISSING");

  it("is told by the status, in the engine's words", () => {
    const said = JSON.stringify({ message: "No such container: x" });
    expect(answer(404, said)).toMatchObject({
      code: "CONTAINER_MISSING",
      message: "container x: No such container: x",
    });
    expect(answer(500, said).code).toBe("ENGINE_ERROR");
  });

  it("is told without what the engine quotes of a secret", () => {
    const data = "data: addr=h,username=u,password=abc: connection refused";
    const said = JSON.stringify({ message: `failed to mount local volume: /srv/api: ${data}` });
    expect(answer(500, said).message).toMatch(/volume: \/srv\/api: data: .*password=\[secret\]/);
  });

  it.each([401, 403, 405])("is a proxy's with %i", (status) => {
    expect(answer(status, "<html>").code).toBe("ENGINE_FORBIDDEN");
  });

  it("is not a missing container when something else than an engine says 404", () => {
    expect(answer(404, "<html>not found</html>").code).toBe("ENGINE_ERROR");
  });

  it("is of permission when the socket may not be opened", () => {
    const failure = new ConnectionFailure("EACCES", "connect EACCES /s");
    expect(noAnswer(failure, "unix:///s")).toMatchObject({
      code: "ENGINE_FORBIDDEN",
      hint: expect.stringMatching(/group docker/),
    });
    const refusedOne = new ConnectionFailure("ECONNREFUSED", "connect ECONNREFUSED /s");
    expect(noAnswer(refusedOne, "unix:///s").code).toBe("ENGINE_UNREACHABLE");
  });
});
