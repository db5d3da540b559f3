import { messageOf } from './errors.ts';
import { isPromise } from './promise-or-value.ts';

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

/**
 * A logger of the application's, so that nothing it does ends the work that it reports of: what it throws, or rejects with, is told once on
 * stderr.
 */
export function guardedLogger(logger: Logger): Logger {
  let hasTold = false;
  const tell = (problem: unknown): void => {
    if (hasTold) return;
    hasTold = true;
    console.error(`[ndomain] the logger failed, what it was given is lost (said once): ${messageOf(problem)}`);
  };
  const guarded = (level: keyof Logger): Logger[keyof Logger] => {
    return (fields, message) => {
      try {
        const result: unknown = logger[level](fields, message);
        if (isPromise(result)) result.then(undefined, tell);
      } catch (problem) {
        tell(problem);
      }
    };
  };
  return { debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') };
}

/** Drops everything. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
