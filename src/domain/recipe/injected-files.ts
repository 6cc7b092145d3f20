import { fieldsOf } from "./lasting-inspection.ts";
import type { Json } from "./redact.ts";

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const kinds = [
  { key: "configs", below: "" },
  { key: "secrets", below: "/run/secrets" },
] as const;

/**
 * Files that Compose writes into each container of a service, by its resolved configuration: configs and
 * secrets that are no files of the host. They come back with the container.
 */
export function injectedFiles(configuration: Json): ReadonlyMap<string, readonly string[]> {
  const document = fieldsOf(configuration);
  const services = Object.entries(fieldsOf(document.services));
  return new Map(
    services.map(([name, service]) => [
      name,
      kinds.flatMap(({ key, below }) =>
        listOf(fieldsOf(service)[key]).flatMap((use) => {
          const { source, target = source } = fieldsOf(use);
          const { content, environment } = fieldsOf(fieldsOf(document[key])[String(source)]);
          if (content === undefined && environment === undefined) return [];
          const path = String(target);
          return [path.startsWith("/") ? path : `${below}/${path}`];
        }),
      ),
    ]),
  );
}
