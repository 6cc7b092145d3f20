import type { Activity } from "../../ports/capture.ts";

/** Adds up what passes and tells the sum. */
export function counting(
  { onProgress }: Pick<Activity, "onProgress">,
  totalBytes?: number,
): (more: number) => void {
  let bytes = 0;
  return (more) => {
    bytes += more;
    onProgress?.({ bytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
  };
}
