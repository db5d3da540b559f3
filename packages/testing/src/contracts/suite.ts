/** The `describe` and `it` of the test runner that the suite is to run in: vitest's, jest's or node:test's. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: TestFunction;
}

export interface TestFunction {
  (name: string, body: () => Promise<void>): unknown;
  readonly skip: (name: string, body: () => Promise<void>) => unknown;
}

/** A case that a backend is known not to satisfy, and why: the reason is printed in the case's title. */
export interface Skip {
  readonly case: string;
  readonly reason: string;
}

/** What every suite needs to know about the backend that it is to prove. */
export interface SuiteSetup<Backend> {
  /** Names the backend in the output. */
  readonly name: string;
  /** Makes an empty backend for one case. */
  readonly create: () => Backend | Promise<Backend>;
  /** Called after each case, also one that failed. */
  readonly cleanUp?: ((backend: Backend) => void | PromiseLike<void>) | undefined;
  /**
   * Cases that the backend cannot satisfy.
   * @default []
   */
  readonly skip?: readonly Skip[] | undefined;
}

/** One case: what has to be true of every backend, in a sentence that names the guarantee which it proves. */
export interface Case<Backend, Setup> {
  readonly name: string;
  /** Says why a backend of such a setup need not be asked; undefined when it has to be. */
  readonly unless?: ((setup: Setup) => string | false | undefined) | undefined;
  readonly run: (backend: Backend, setup: Setup) => Promise<void>;
}

/**
 * Registers the cases with the caller's test runner, each with a backend of its own. Throws when `skip` names a case that does not
 * exist, so that no exemption outlives its case.
 */
export function registerSuite<Backend, Setup extends SuiteSetup<Backend>>(
  title: string,
  cases: readonly Case<Backend, Setup>[],
  setup: Setup,
  { describe, it }: TestRunner,
): void {
  const skipped = new Map((setup.skip ?? []).map((skip) => [skip.case, skip.reason]));
  checkNames(
    title,
    cases.map(({ name }) => name),
    [...skipped.keys()],
  );
  describe(`${title}: ${setup.name}`, () => {
    for (const { name, unless, run } of cases) {
      const body = async (): Promise<void> => {
        const backend = await setup.create();
        try {
          await run(backend, setup);
        } finally {
          await setup.cleanUp?.(backend);
        }
      };
      const reason = skipped.get(name) ?? unless?.(setup);
      if (reason === undefined || reason === false) it(name, body);
      else it.skip(`${name} [skipped: ${reason}]`, body);
    }
  });
}

function checkNames(title: string, known: readonly string[], skipped: readonly string[]): void {
  const twice = known.find((name, i) => known.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`The suite "${title}" has two cases "${twice}".`);
  const unknown = skipped.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(
    `The suite "${title}" has no case ${unknown.map((name) => `"${name}"`).join(', ')} to skip. ` +
      `Correct the name, or remove the skip. It has:\n  ${known.join('\n  ')}`,
  );
}
