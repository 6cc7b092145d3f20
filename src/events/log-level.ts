export const logLevels = ["debug", "info", "success", "warning", "error"] as const;
export type LogLevel = (typeof logLevels)[number];
