import type { Command } from "commander";
import { explainPolicy, isOwn } from "../../config/explain/explain-policy.ts";
import { unsupportedLabels } from "../../config/labels.ts";
import { unsupportedText } from "../../config/unsupported.ts";
import { findUnit } from "../../domain/discovery/find-unit.ts";
import { ownVolumes } from "../../domain/discovery/own-volumes.ts";
import type { Unit, Volume } from "../../domain/unit.ts";
import { isErrorCode, messageOf } from "../../errors.ts";
import { unknownMentions } from "../../operations/backup/select-units.ts";
import { discoverUnits } from "../../operations/discover-units.ts";
import type { Answer, App, Session } from "../app.ts";
import { type ExplainedUnit, explainAllText, explainUnitText } from "../format/explain-text.ts";
import { mentionsOf } from "./mentions.ts";
import { answer, globals } from "./shared.ts";

function explained(unit: Unit, volumes: readonly Volume[], { loaded, context }: Session) {
  const { name, kind, containers } = unit;
  const own = ownVolumes(unit, containers, volumes);
  for (const label of unsupportedLabels(containers, own)) {
    context.emit({ type: "warning", unit: name, message: unsupportedText(label) });
  }
  const values = explainPolicy(loaded, { name, containers, volumes: own });
  return { unit: name, kind, values };
}

/** A label that cannot be read fails the backup of its own unit, not the answer about the others. */
function ownOf(unit: Unit, volumes: readonly Volume[], session: Session): ExplainedUnit {
  const { name, kind } = unit;
  try {
    const { values } = explained(unit, volumes, session);
    return { unit: name, kind, values: values.filter(isOwn) };
  } catch (error) {
    if (!isErrorCode(error, "CONFIG_INVALID")) throw error;
    session.context.emit({ type: "warning", unit: name, message: messageOf(error) });
    return ownOf({ ...unit, containers: [] }, volumes, session);
  }
}

async function explain(session: Session, name: string | undefined, app: App): Promise<Answer> {
  const { loaded, deps, context } = session;
  const { units, warnings } = await discoverUnits(deps.settings, deps);
  const volumes = await deps.engine.volumes();
  const head = { schemaVersion: 1, file: loaded.file ?? null };
  if (name !== undefined) {
    const document = { ...head, ...explained(findUnit(units, name), volumes, session) };
    return answer(document, (shown) => explainUnitText(shown, app));
  }
  const unknown = unknownMentions(units, mentionsOf(loaded.config));
  for (const message of [...warnings, ...unknown]) context.emit({ type: "warning", message });
  const values = explainPolicy(loaded);
  const all = units.map((unit) => ownOf(unit, volumes, session));
  const document = { ...head, unit: null, values, units: all };
  return answer(document, (shown) => explainAllText(shown, app));
}

export function addExplain(config: Command, app: App): void {
  config
    .command("explain")
    .description("how a unit is backed up, and where each value is from; without one, of all units")
    .argument("[unit]")
    .action((unit: string | undefined, _flags: object, command: Command) =>
      app.run("query", globals(command), (session) => explain(session, unit, app)),
    );
}
