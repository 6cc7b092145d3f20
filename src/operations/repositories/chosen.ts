import { StackholdError } from "../../errors.ts";
import type { Administration } from "../../ports/administration.ts";
import type { Repository } from "../../ports/repository.ts";
import { chooseRepositories } from "../backup/open-repositories.ts";

/** The one that is named, or all. UNKNOWN_REPOSITORY. */
export function chosen(name: string | undefined, all: readonly Repository[]): Repository[] {
  return name === undefined ? [...all] : chooseRepositories([name], all);
}

export type Administered = Repository & { readonly administration: Administration };

function isAdministered(repository: Repository): repository is Administered {
  return repository.administration !== undefined;
}

/** Of those, what has `what` at all. USAGE where that is none. */
export function administered(
  name: string | undefined,
  all: readonly Repository[],
  what: string,
): Administered[] {
  const found = chosen(name, all);
  const fit = found.filter(isAdministered);
  if (fit.length > 0) return fit;
  const [one] = found;
  const which =
    name === undefined || one === undefined
      ? `no repository here has ${what}`
      : `repository ${one.name} has no ${what.replace(/^an? /, "")}`;
  throw new StackholdError("USAGE", `${which}: an ${one?.kind ?? "archive"} is a plain directory`, {
    hint: "only repositories of type kopia have one; stackhold admin repo status lists all",
  });
}
