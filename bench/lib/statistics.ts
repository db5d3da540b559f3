/** The value in the middle, or halfway between the two that are. Undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[values.length >> 1];
  const lower = sorted[(values.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** How often the true median may lie outside of what {@link medianInterval} says. */
const MOST_DOUBT = 0.1;

/**
 * Where the median of what is measured lies, whatever its distribution: each value is below it in one of two cases, so how many of them are is
 * told by the binomial distribution (https://en.wikipedia.org/wiki/Median#Confidence_interval). Undefined where there are too few values to tell.
 */
export function medianInterval(values: readonly number[]): readonly [from: number, to: number] | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  let cut = 0;
  let outside = 0;
  let combinations = 1;
  for (;;) {
    outside += (2 * combinations) / 2 ** values.length;
    if (outside > MOST_DOUBT) break;
    combinations *= (values.length - cut) / (cut + 1);
    cut++;
  }
  const from = sorted[cut - 1];
  const to = sorted[values.length - cut];
  return from === undefined || to === undefined ? undefined : [from, to];
}
