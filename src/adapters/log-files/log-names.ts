const pattern = /^[a-z]+(?:-[a-z]+)*_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.log$/;

/** `<operation>_<YYYY-MM-DDTHH-MM-SSZ>.log` */
export function logName(operation: string, startedAt: Date): string {
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(":", "-");
  return `${operation}_${stamp}Z.log`;
}

/** When the run of a log began; undefined for names that are not ours. */
export function logTime(name: string): Date | undefined {
  const stamp = pattern.exec(name)?.[1];
  if (stamp === undefined) return undefined;
  const time = new Date(`${stamp.slice(0, 10)}T${stamp.slice(11, 19).replaceAll("-", ":")}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
