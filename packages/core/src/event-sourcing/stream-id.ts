import { ConfigurationError } from '../kernel/errors.ts';
import { checkId } from '../kernel/ids.ts';

/*
 * A stream id is `<aggregate name>/<aggregate id>`: two aggregates of different kinds with one id have two streams. The
 * name cannot hold a slash, so the first one separates, whatever the id holds.
 */

const AGGREGATE_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

export function streamIdOf(aggregateName: string, aggregateId: string): string {
  checkId('aggregate id', aggregateId);
  return `${aggregateName}/${aggregateId}`;
}

export function aggregateNameOf(streamId: string): string {
  return streamId.slice(0, Math.max(streamId.indexOf('/'), 0));
}

export function aggregateIdOf(streamId: string): string {
  return streamId.slice(streamId.indexOf('/') + 1);
}

/** Throws `ND_CONFIGURATION` for a name that could not begin a stream id. */
export function checkAggregateName(name: string): void {
  if (AGGREGATE_NAME.test(name)) return;
  throw new ConfigurationError(
    `"${name}" cannot be the name of an aggregate: it must begin with a letter and hold only letters, digits, "_", "." and "-", ` +
      `at most 100. Set it: static readonly aggregateName = 'Sale'.`,
  );
}
