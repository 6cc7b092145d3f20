import { join } from "node:path";
import { expect, it } from "vitest";
import { createOwnPolicy, policySchema } from "../../../src/adapters/kopia/policy.ts";
import type { KopiaStorage } from "../../../src/adapters/kopia/settings.ts";
import { describeWithKopia, type KopiaHome, kopiaHome } from "../../support/kopia.ts";

const own = "stackhold@web01";

async function connected(home: KopiaHome) {
  const storage: KopiaStorage = { type: "filesystem", path: join(home.root, "repository") };
  const client = home.client(storage);
  await client.connect({ create: true });
  const policy = (target: string) => client.ask(policySchema, ["policy", "show", target, "--json"]);
  return { client, policy };
}

describeWithKopia("the policy of Stackhold's sources in a Kopia repository", () => {
  it("leaves nothing out and lets nothing expire, whatever holds for all sources, which stays as it is", async () => {
    await using home = await kopiaHome();
    const { client, policy } = await connected(home);
    const hostile = ["--add-ignore=*.db", "--max-file-size=1000", "--one-file-system=true"];
    await client.run(["policy", "set", "--global", ...hostile, "--keep-latest=1"]);
    const ofOthers = await policy("--global");

    await createOwnPolicy(client, "zstd-fastest")("web01");
    const { files, retention, compression } = await policy(own);
    expect(retention?.keepLatest).toBe(1_000_000);
    expect(compression?.compressorName).toBe("zstd-fastest");
    expect(files).toMatchObject({ ignoreDotFiles: [".no-such-file"], ignoreCacheDirs: false });
    expect([files?.ignore ?? [], files?.maxFileSize ?? 0, files?.oneFileSystem ?? false]).toEqual([
      [],
      0,
      false,
    ]);
    expect(await policy("--global")).toEqual(ofOthers);
  });

  it("compresses as it is told, also when that changes later", async () => {
    await using home = await kopiaHome();
    const { client, policy } = await connected(home);
    for (const compression of ["pgzip", "none", "zstd"]) {
      await createOwnPolicy(client, compression)("web01");
      expect((await policy(own)).compression?.compressorName).toBe(compression);
    }
  });
});
