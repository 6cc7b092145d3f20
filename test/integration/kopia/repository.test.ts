import { afterAll, beforeAll } from "vitest";
import { repositoryContract } from "../../../src/ports/repository.contract.ts";
import {
  makeKopia,
  type PreparedKopia,
  prepareKopia,
} from "../../support/real-kopia-repository.ts";

let prepared: PreparedKopia;
beforeAll(async () => {
  prepared = await prepareKopia();
});
afterAll(() => prepared?.[Symbol.asyncDispose]());

repositoryContract("kopia, in a directory", makeKopia, () => prepared.make());
