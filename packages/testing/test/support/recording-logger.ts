import type { Logger } from '@ndomain/core';

/** Keeps what is logged, for tests that look at it. */
export class RecordingLogger implements Logger {
  readonly entries: { level: string; fields: object; message: string }[] = [];

  debug(fields: object, message: string): void {
    this.entries.push({ level: 'debug', fields, message });
  }

  info(fields: object, message: string): void {
    this.entries.push({ level: 'info', fields, message });
  }

  warn(fields: object, message: string): void {
    this.entries.push({ level: 'warn', fields, message });
  }

  error(fields: object, message: string): void {
    this.entries.push({ level: 'error', fields, message });
  }

  of(level: string): string[] {
    return this.entries.filter((entry) => entry.level === level).map(({ message }) => message);
  }
}
