import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dialStdio } from "../../../src/adapters/docker/dial-stdio.ts";
import { resolveEndpoint } from "../../../src/adapters/docker/endpoint.ts";
import { type DockerEngine, dockerEngine } from "../../../src/adapters/docker/engine.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { run } from "../../bed/run.ts";
import { openFront, passOn } from "./front.ts";

const image = "stackhold-test/busybox";
const at = (address: string): DockerEngine =>
  dockerEngine({ endpoint: { address, origin: "docker.host" } });

async function temporary(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "stackhold-engine-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function container(): Promise<{ id: string } & AsyncDisposable> {
  const { env } = bedEngine();
  const { stdout } = await run(["docker", "run", "-d", image, "sleep", "1000"], { env });
  const id = stdout.trim();
  return {
    id,
    [Symbol.asyncDispose]: async () => void (await run(["docker", "rm", "-fv", id], { env })),
  };
}

describeWithEngine("the way to the engine", () => {
  it("names both ways when neither leads to an engine", async () => {
    const { env } = bedEngine();
    const endpoint = { address: "unix:///nowhere/docker.sock", origin: "docker.host" };
    using engine = dockerEngine({ endpoint, dial: dialStdio(env) });
    await expect(engine.info()).rejects.toMatchObject({
      code: "ENGINE_UNREACHABLE",
      message:
        "no engine answers at unix:///nowhere/docker.sock (docker.host): directly: no such socket; through `docker`: the same",
      cause: { message: expect.stringMatching(/directly: .*ENOENT.*; through docker: .*no such/) },
      hint: expect.stringMatching(/is it running/),
    });
  });

  it("is taken again once the engine is there", async () => {
    const { dockerHost } = bedEngine();
    let isUp = false;
    await using front = await openFront(dockerHost, (call) => {
      if (!isUp) call.socket.destroy();
      return !isUp;
    });
    using engine = at(front.address);
    const unreachable = { code: "ENGINE_UNREACHABLE" };
    await expect(engine.info()).rejects.toMatchObject(unreachable);
    isUp = true;
    await engine.info();
    isUp = false;
    await expect(engine.info()).rejects.toMatchObject(unreachable);
    isUp = true;
    await engine.info();
  });

  it("reads through a read-only proxy, and sees that it cannot stop anything", async () => {
    await using front = await openFront(bedEngine().dockerHost, (call, answer) => {
      if (call.method === "GET") return false;
      answer.writeHead(403).end("<html><body>Forbidden by administrative rules.</body></html>");
      return true;
    });
    await using target = await container();
    using engine = at(front.address);
    expect((await engine.containers()).map(({ id }) => id)).toContain(target.id);
    const forbidden = { code: "ENGINE_FORBIDDEN", hint: expect.stringMatching(/proxy/) };
    await expect(engine.checkWritable()).rejects.toMatchObject(forbidden);
    await expect(engine.stop(target.id, 0)).rejects.toMatchObject(forbidden);
    expect((await engine.inspect(target.id)).state).toBe("running");
  });

  it("is lost when the connection ends in the midst of an answer", async () => {
    await using front = await openFront(bedEngine().dockerHost, (call, answer) => {
      if (call.url?.endsWith("/info") !== true) return false;
      answer.writeHead(200, { "content-length": 1000 });
      answer.write("{", () => call.socket.destroy());
      return true;
    });
    using engine = at(front.address);
    await expect(engine.info()).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  });

  it("survives that the engine closes a kept connection", async () => {
    await using front = await openFront(bedEngine().dockerHost);
    using engine = at(front.address);
    for (let round = 0; round < 20; round++) {
      await engine.volumes();
      front.cut();
    }
  });

  it("tells an answer that is none of an engine's", async () => {
    await using front = await openFront(bedEngine().dockerHost, (call, answer) => {
      if (call.url?.includes("/containers/json") !== true) return false;
      answer.writeHead(200).end('[{"Id": 7}]');
      return true;
    });
    using engine = at(front.address);
    await expect(engine.containers()).rejects.toMatchObject({ code: "ENGINE_ERROR" });
  });

  it("speaks the engine's older version, and none newer than its own", async () => {
    const paths: string[] = [];
    await using front = await openFront(bedEngine().dockerHost, (call, answer) => {
      if (call.url === "/_ping") answer.writeHead(200, { "api-version": "1.99" }).end("OK");
      else if (call.url === "/version") answer.end('{"ApiVersion":"1.99","MinAPIVersion":"1.44"}');
      else {
        paths.push(call.url ?? "");
        answer.end("[]");
      }
      return true;
    });
    using newer = at(front.address);
    await newer.containers();
    expect(paths).toEqual(["/v1.48/containers/json?all=1"]);
    using real = at(bedEngine().dockerHost);
    const { stdout } = await run(["docker", "version", "-f", "{{.Server.APIVersion}}"], {
      env: bedEngine().env,
    });
    expect((await real.info()).apiVersion).toBe(stdout.trim());
  });

  it("leads over TLS with a client's certificate", async () => {
    await using place = await temporary();
    const openssl = (...args: string[]) => run(["openssl", ...args], { env: process.env });
    const file = (name: string) => join(place.path, name);
    const pair = [
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      file("key.pem"),
      "-out",
      file("ca.pem"),
    ];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    await openssl("req", "-x509", "-days", "2", ...pair, ...names);
    await run(["cp", file("ca.pem"), file("cert.pem")], { env: process.env });
    const { readFileSync } = await import("node:fs");
    const cert = readFileSync(file("cert.pem"));
    const tls = { cert, ca: cert, key: readFileSync(file("key.pem")), requestCert: true };
    const server = createServer({ ...tls, rejectUnauthorized: true }, (call, answer) =>
      passOn(bedEngine().dockerHost, call, answer),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `tcp://localhost:${(server.address() as AddressInfo).port}`;
    const environment = {
      DOCKER_HOST: address,
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: place.path,
    };
    {
      using engine = dockerEngine({ endpoint: await resolveEndpoint({ environment }) });
      expect((await engine.info()).endpoint).toBe(address);
      using stranger = at(address.replace("tcp:", "https:"));
      await expect(stranger.info()).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
    }
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("leads through ssh by the docker program, over few connections", async () => {
    const { dockerHost, env } = bedEngine();
    await using bin = await temporary();
    const log = join(bin.path, "log");
    const ssh = join(bin.path, "ssh");
    await writeFile(
      ssh,
      `#!/bin/sh\necho "$@" >> ${log}\nexec docker -H ${dockerHost} system dial-stdio\n`,
    );
    await chmod(ssh, 0o755);
    const endpoint = { address: "ssh://keeper@far.example", origin: "docker.host" };
    const environment = { ...env, PATH: `${bin.path}:${env.PATH}` };
    await using target = await container();
    using engine = dockerEngine({ endpoint, dial: dialStdio(environment) });
    expect((await engine.info()).endpoint).toBe(endpoint.address);
    await engine.stop(target.id, 0);
    expect((await engine.inspect(target.id)).state).toBe("exited");
    await Promise.all(Array.from({ length: 20 }, () => engine.containers()));
    const { stdout } = await run(["wc", "-l", log], { env });
    // The docker program opens two for each of ours: it asks for the version first.
    expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(2 * 4);
  });
});
