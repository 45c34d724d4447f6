export { createLogger, standardOutput, type LoggerOptions, type LogLevel } from "./create-logger.ts";
