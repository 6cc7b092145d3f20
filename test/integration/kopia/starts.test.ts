import { afterAll, beforeAll, expect, it } from "vitest";
import { type CountedKopia, countedKopia } from "../../support/counted-kopia.ts";
import { describeWithEngineAndKopia } from "../../support/engine-and-kopia.ts";
import { kopiaIn } from "../../support/kopia-settings.ts";
import { type KopiaStack, kopiaStack } from "../../support/kopia-stack.ts";

/** Each start costs a fifth of a second of a core, whatever it does. */
describeWithEngineAndKopia("a backup starts Kopia", () => {
  let at: KopiaStack;
  let kopia: CountedKopia;

  const stackhold = async (...args: string[]) => {
    const done = await at.workspace.stackhold(args, { env: { PATH: kopia.path } });
    expect(`${done.code} ${done.stderr}`).toMatch(/^0 /);
  };
  const usual = () => [
    ...["--version", "policy list", "repository status"],
    `snapshot create /${at.name}/manifest`,
    `snapshot create /${at.name}/project`,
    `snapshot create /${at.name}/sidecar`,
    `snapshot create /${at.name}/volume/data`,
    ...["snapshot list", "snapshot list"],
  ];

  beforeAll(async () => {
    at = await kopiaStack((place) => ({ offsite: kopiaIn(`${place}/offsite`) }));
    kopia = await countedKopia();
    await stackhold("admin", "repo", "init");
    await kopia.starts();
  });
  afterAll(async () => {
    await kopia[Symbol.asyncDispose]();
    await at[Symbol.asyncDispose]();
  });

  it("once for each tree, thrice to publish, and to look what there is", async () => {
    await stackhold("backup", at.name);
    const first = [...usual(), "policy set stackhold@testhost"];
    expect(await kopia.starts()).toEqual(first.toSorted());
  });

  it("no oftener for a point that follows, whatever changed", async () => {
    await at.fill("more", 1);
    await stackhold("backup", at.name);
    expect(await kopia.starts()).toEqual(usual());
  });
});
