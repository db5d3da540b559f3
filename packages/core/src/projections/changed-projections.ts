import { messageOf } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { ProjectionDefinition } from './projection-definition.ts';
import type { QueryStore } from './query-store.ts';

/**
 * Says at start that a projection's code has changed since its views were made: those that are there stay as the older code made them (G15). It is
 * said once for each change, by one process.
 */
export async function reportIfChanged(
  { name, madeBy }: ProjectionDefinition,
  queries: QueryStore,
  logger: Logger,
): Promise<void> {
  const id = `${name}:code`;
  try {
    const { version, data } = await queries.get(id);
    const before = (data as { readonly madeBy?: string } | undefined)?.madeBy;
    if (before === madeBy || !(await queries.set(id, version, version + 1, { madeBy }))) return;
    if (before === undefined) return;
    logger.warn(
      { projection: name, before, now: madeBy },
      `the code of the projection ${name} has changed, and the views that are there were made by the code before. Where that ` +
        `matters, build them anew under another name: static readonly projectionName = '${name}-2'; then context.catchUp(…)`,
    );
  } catch (error) {
    logger.warn(
      { err: error, projection: name },
      `it could not be seen who made the views of ${name}: ${messageOf(error)}`,
    );
  }
}
