const known = new Map<string, object>();

/** What stands for a place where keys are: the same object for the same place, whichever connection leads there. */
export function storageAt(place: string): object {
  const there = known.get(place) ?? Object.freeze({ place });
  known.set(place, there);
  return there;
}
