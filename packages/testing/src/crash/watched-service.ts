import type { StepWatch } from './step-watch.ts';

type Method = (...args: readonly unknown[]) => unknown;

/**
 * A service as one process uses it: each call of a method is a step named `<name>.<method>`. For seams whose methods all return
 * promises; a method that returns nothing may be called too.
 */
export function watchedService<T extends object>(service: T, name: string, watch: StepWatch): T {
  return new Proxy(service, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) => {
        const step = { name: `${name}.${String(property)}`, on: typeof args[0] === 'string' ? args[0] : '' };
        return watch.take(step, async () => (value as Method).apply(target, [...args]));
      };
    },
  });
}
