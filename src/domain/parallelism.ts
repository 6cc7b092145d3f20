/** What one tar and its compressor with all its threads hold resident, generously. */
const bytesPerCapture = 256 * 2 ** 20;

/** How many captures run at once: the setting, or what memory carries, never more than the cores. */
export function captureParallelism(
  setting: "auto" | number,
  machine: { readonly cores: number; readonly freeMemoryBytes: number },
): number {
  const carried = Math.floor(machine.freeMemoryBytes / bytesPerCapture);
  const wanted = setting === "auto" ? carried : setting;
  return Math.max(1, Math.min(wanted, machine.cores));
}
