import { installGoProgram } from "./go-program.ts";

const module = "github.com/kopia/kopia";

export const installKopia = (): Promise<string> =>
  installGoProgram({
    name: "kopia",
    module,
    stamp: (version) => `-X ${module}/repo.BuildVersion=${version}`,
  });
