import type { ImportSummary } from '../../src/import/summary.ts';
import type { PlainFigures } from './plain-loop.ts';

/** The part of a summary that does not depend on the day. */
export function figuresIn(summary: ImportSummary): PlainFigures {
  const { seconds: _seconds, commandsPerSecond: _perSecond, peakMemoryMB: _memory, ...figures } = summary;
  return figures;
}
