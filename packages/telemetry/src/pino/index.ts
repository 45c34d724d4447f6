export { createLogger, standardOutput, type LoggerOptions, type LogLevel } from "./create-logger.ts";
export type { GatheredDestination, GatherLimits, LineGatherer } from "./line-gatherer.ts";
