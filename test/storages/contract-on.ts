import { afterAll, beforeAll, describe } from "vitest";
import { repositoryContract } from "../../src/ports/repository.contract.ts";
import { kopiaProgram } from "../support/kopia.ts";
import {
  type StorageName,
  type StorageServer,
  startStorage,
  storagesHere,
} from "../support/kopia-storages.ts";
import { makeKopia } from "../support/real-kopia-repository.ts";

/** All that a repository promises, of one that Kopia keeps on such a storage. */
export function contractOn(name: StorageName): void {
  const isHere = kopiaProgram !== "" && storagesHere().includes(name);
  describe.runIf(isHere)(`on ${name}`, () => {
    let server: StorageServer;
    beforeAll(async () => {
      server = await startStorage(name);
    });
    afterAll(() => server[Symbol.asyncDispose]());
    repositoryContract(`kopia, on ${name}`, async () => makeKopia(await server.fresh()));
  });
}
