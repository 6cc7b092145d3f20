import { isBackupId } from "../../../domain/backup-id.ts";
import { isErrorCode, StackholdError } from "../../../errors.ts";
import type { PointReader, PointRef } from "../../../ports/repository.ts";
import type { KopiaClient } from "../client.ts";
import { allSnapshots } from "../points/catalogue.ts";
import { unknownPoint } from "../points/point-errors.ts";
import type { Snapshot } from "../snapshots.ts";
import type { KopiDockaDeps } from "./deps.ts";
import { isKopiDockaPoint, readKopiDockaPoint } from "./points.ts";

/** Asked where Stackhold has no point of that name; undefined where Kopi-Docka has none either. */
type Otherwise<T> = (all: readonly Snapshot[]) => Promise<T | undefined>;

export interface BesideOwn {
  /** Opens one of Stackhold's own points, else one of Kopi-Docka's. */
  read(ref: PointRef, own: () => Promise<PointReader>): Promise<PointReader>;
  /** Changes one of Stackhold's own points, and no other. NOT_AVAILABLE for one of Kopi-Docka's. */
  change<T>(ref: PointRef, own: () => Promise<T>): Promise<T>;
}

function refuseChange(repository: string, { unit, backupId }: PointRef): StackholdError {
  return new StackholdError(
    "NOT_AVAILABLE",
    `the point ${backupId} of ${unit} in ${repository} was written by Kopi-Docka: it is only read`,
    { hint: "nothing was changed; kopi-docka, or kopia snapshot pin and delete, change it" },
  );
}

/** Points of both in one repository. Ids of Kopi-Docka need not have the form of Stackhold's. */
export function besideOwn(
  deps: KopiDockaDeps & { readonly client: Pick<KopiaClient, "ask"> },
): BesideOwn {
  const orElse = async <T>(
    ref: PointRef,
    own: () => Promise<T>,
    otherwise: Otherwise<T>,
  ): Promise<T> => {
    try {
      if (!isBackupId(ref.backupId)) throw unknownPoint(deps.repository, ref);
      return await own();
    } catch (error) {
      if (!isErrorCode(error, "UNKNOWN_POINT")) throw error;
      const other = await otherwise(await allSnapshots(deps.client));
      if (other === undefined) throw error;
      return other;
    }
  };
  return {
    read: (ref, own) => orElse(ref, own, (all) => readKopiDockaPoint(ref, all, deps)),
    change: (ref, own) =>
      orElse(ref, own, async (all) => {
        if (isKopiDockaPoint(all, ref)) throw refuseChange(deps.repository, ref);
        return undefined;
      }),
  };
}
