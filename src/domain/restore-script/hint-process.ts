import { fieldsOf } from "../recipe/lasting-inspection.ts";
import { shellWord } from "../shell-word.ts";
import { option, pairs, text, texts, type Words } from "./hint-words.ts";

type Fields = ReturnType<typeof fieldsOf>;

/** `docker create` takes one word for the entrypoint: the rest of it comes before the command. */
export function process(config: Fields): { before: Words[]; after: string[] } {
  const [entrypoint, ...rest] = texts(config.Entrypoint);
  const before = entrypoint === undefined ? [] : [["--entrypoint", entrypoint]];
  return { before, after: [...rest, ...texts(config.Cmd)] };
}

/** As the engine's client reads a duration. */
function span(nanoseconds: unknown): string {
  if (typeof nanoseconds !== "number" || nanoseconds <= 0) return "";
  return nanoseconds % 1e6 === 0 ? `${nanoseconds / 1e9}s` : `${nanoseconds}ns`;
}

export function health({ Healthcheck }: Fields): Words[] {
  const check = fieldsOf(Healthcheck);
  const [how, ...words] = texts(check.Test);
  if (how === "NONE") return [["--no-healthcheck"]];
  const test = how === "CMD-SHELL" ? words.join(" ") : words.map(shellWord).join(" ");
  return [
    ...option("--health-cmd", test),
    ...option("--health-interval", span(check.Interval)),
    ...option("--health-timeout", span(check.Timeout)),
    ...option("--health-start-period", span(check.StartPeriod)),
    ...option("--health-retries", check.Retries),
  ];
}

/** Nothing where it is as engines do it who were not told. */
export function logging({ LogConfig }: Fields): Words[] {
  const { Type, Config } = fieldsOf(LogConfig);
  const options = pairs("--log-opt", Config);
  const isUsual = text(Type) === "json-file" && options.length === 0;
  return isUsual ? [] : [...option("--log-driver", Type), ...options];
}
