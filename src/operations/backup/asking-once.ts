import type { Repository } from "../../ports/repository.ts";
import type { Deps } from "../context.ts";

/** Asks once for each key, however often it is wanted, and gives everybody that answer. */
function once<Answer>(ask: (key: string) => Promise<Answer>): (key?: string) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>();
  return (key = "") => {
    const answer = asked.get(key) ?? ask(key);
    asked.set(key, answer);
    return answer;
  };
}

function examinedOnce(repository: Repository): Repository {
  return {
    ...repository,
    examine: once(() => repository.examine()),
    space: once(() => repository.space()),
  };
}

/** For a look at many units, between which nothing is done: what concerns several is looked at once. */
export function askingOnce(deps: Deps): Deps {
  const { engine, capture } = deps;
  return {
    ...deps,
    engine: {
      ...engine,
      containers: once(() => engine.containers()),
      volumes: once(() => engine.volumes()),
      image: once((reference) => engine.image(reference)),
    },
    capture: {
      ...capture,
      probe: once((path) => capture.probe(path)),
      locality: once((path) => capture.locality(path)),
    },
    repositories: deps.repositories.map(examinedOnce),
  };
}
