type Variables = Readonly<Record<string, string>>;

const reference =
  /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+?])((?:[^{}]|\{[^{}]*\})*))?\})/g;

/**
 * `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}`, `${NAME+other}` and
 * `$$`, one level deep (docs.docker.com/reference/compose-file/interpolation). A variable that is
 * required but not set is empty: discovery names a stack, it does not judge its file.
 */
export function interpolate(text: string, variables: Variables): string {
  return text.replace(
    reference,
    (_, dollar?: string, plain?: string, braced?: string, operator?: string, word?: string) => {
      if (dollar !== undefined) return "$";
      const value = lookUp(variables, plain ?? braced ?? "");
      if (operator === undefined) return value ?? "";
      return choose(value, operator, interpolate(word ?? "", variables));
    },
  );
}

function choose(value: string | undefined, operator: string, word: string): string {
  const present = operator.startsWith(":")
    ? value !== undefined && value !== ""
    : value !== undefined;
  if (operator.endsWith("+")) return present ? word : "";
  if (operator.endsWith("-")) return present ? (value ?? "") : word;
  return value ?? "";
}

function lookUp(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}
