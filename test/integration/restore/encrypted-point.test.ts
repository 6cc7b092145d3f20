import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { makeKeyPair } from "../../../src/adapters/age/passphrase.ts";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import type { Stack } from "../../bed/compose.ts";
import { byHand, expectDone } from "../../support/by-hand.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectRefused } from "../../support/refused.ts";
import { composeFile, hostNetwork, service } from "../../support/services.ts";
import { stackWithPoint } from "../../support/stack-with-point.ts";
import type { Workspace } from "../../support/workspace.ts";

const compose = composeFile(
  { app: service({ ...hostNetwork, volumes: ["data:/data"] }) },
  { data: {} },
);

/** From now on the program also has the identity. */
async function hand(identity: string, { configFile, root }: Workspace): Promise<void> {
  await writeFile(join(root, "key.txt"), `${identity}\n`, { mode: 0o600 });
  const config = parse(await readFile(configFile, "utf8"));
  config.repositories.sealed.encryption.identity_file = "key.txt";
  await writeFile(configFile, stringify(config), { mode: 0o600 });
}

describeWithEngine("an encrypted point of a stack", () => {
  it("is made with the public key alone, and restored with the identity", async () => {
    const { identity, recipient } = await makeKeyPair();
    const sealed = { type: "archive", path: "sealed", encryption: { recipients: [recipient] } };
    const plain = { type: "archive", path: "plain" };
    const config = {
      repositories: { sealed, plain },
      backup: { images: "save", repositories: ["sealed"] },
    };
    const write = (text: string) => ["sh", "-c", `echo ${text} >/data/file`];
    const fill = ({ exec }: Stack) => exec("app", write("as-it-was"));
    await using at = await stackWithPoint(compose, { config, fill });
    const { stack, work } = at;
    const of = [stack.name, "--repository", "sealed"];
    const content = async () => (await stack.exec("app", ["cat", "/data/file"])).stdout.trim();
    const unit = join(work.root, "sealed", "testhost", stack.name, "latest");
    const open = (await readdir(unit)).filter((name) => !name.endsWith(".age"));
    expect(open).toEqual(["manifest.json"]);
    expectExit(await work.stackhold(["verify", ...of, "--json"]), 0);
    await stack.exec("app", write("changed"));
    const before = await stack.ps();
    const says = "nothing is configured that opens it";
    const refusal = { exit: 12, code: "WRONG_CREDENTIALS", says, hint: "identity_file" };
    expectRefused(await at.restore("--repository", "sealed"), refusal);
    const copying = ["admin", "snapshot", "copy", stack.name, "latest", "--json"];
    const into = [...copying, "--from", "sealed", "--to", "plain"];
    expectRefused(await work.stackhold(into), refusal);
    expect(await stack.ps()).toEqual(before);
    expect(await content()).toBe("changed");
    await hand(identity, work);
    expectExit(await at.restore("--repository", "sealed"), 0);
    expect(await content()).toBe("as-it-was");
    expectExit(await work.stackhold(["verify", ...of, "--deep", "--json"]), 0);
    const copied = await work.stackhold(into);
    expectExit(copied, 0);
    expect(copied.json()).toMatchObject({ copied: true, way: "files", images: 1 });
    const copy = join(work.root, "plain", "testhost", stack.name, "latest");
    expect((await readdir(copy)).filter((name) => name.endsWith(".age"))).toEqual([]);
    const verified = await work.stackhold(["verify", "--repository", "plain", "--deep", "--json"]);
    expect(verified.json()).toMatchObject({ checked: 1, ok: true });
    await stack.exec("app", write("changed"));
    const scripts = join(work.root, "by hand");
    const writing = ["restore", ...of, "--script", scripts];
    expectExit(await work.stackhold([...writing, "--json"]), 0);
    const data = await readdir(join(scripts, "data"));
    expect(data.filter((name) => name.endsWith(".age"))).toEqual([]);
    expectDone(byHand(join(scripts, "restore.sh"), bedEngine()));
    expect(await content()).toBe("as-it-was");
  });
});
