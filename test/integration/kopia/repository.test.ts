import { repositoryContract } from "../../../src/ports/repository.contract.ts";
import { makeKopia } from "../../support/real-kopia-repository.ts";

repositoryContract("kopia, in a directory", makeKopia);
