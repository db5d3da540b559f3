/**
 * Where the library reports what nobody awaits. The shape is the one that pino, bunyan and `console` already have, so any
 * of them can be passed as it is: fields first, then a sentence.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Writes warnings and errors to stderr through `console`, and nothing else. The default. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => console.warn(`[ndomain] ${message}`, fields),
  error: (fields, message) => console.error(`[ndomain] ${message}`, fields),
};

/** Drops everything. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
