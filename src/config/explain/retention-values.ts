import type { Retention } from "../../domain/policy.ts";
import { type Asked, settingSource, unitSource } from "./asked.ts";
import type { ExplainedValue, Source } from "./explained.ts";

function retentionValues(
  retention: Retention,
  sourceOf: (period: string) => Source,
  of?: string,
): ExplainedValue[] {
  const given = Object.entries(retention).filter(([, count]) => count !== undefined);
  return given.map(([period, value]) => ({
    key: `retention.${period}`,
    ...(of === undefined ? {} : { of }),
    value,
    ...sourceOf(period),
  }));
}

/** The block of a repository goes over the unit's for points in there. */
export function retention(asked: Asked): ExplainedValue[] {
  const { policy, block, given } = asked;
  const { config } = given;
  const own = retentionValues(policy.value.retention, (period) =>
    block.retention === undefined
      ? settingSource(given, "retention", period)
      : unitSource(asked, "retention", period),
  );
  const ofRepositories = policy.value.repositories.flatMap((name) =>
    retentionValues(
      config.repositories[name]?.retention ?? {},
      (period) => ({
        source: "repository",
        path: `repositories.${name}.retention.${period}`,
      }),
      `repository:${name}`,
    ),
  );
  return [...own, ...ofRepositories];
}
