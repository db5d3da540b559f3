import { Aggregate, Projection, State, type Mutates, type Projects } from '@ndomain/core';

/** A domain so small that everything in it shows: doing something twice counts twice. */
export type CounterEvents = { Added: { amount: number; by: string }; Renamed: { name: string } };
export type CounterCommands = { Add: { id: string; amount: number }; Work: { id: string }; Tell: { text: string } };

export class CounterState extends State implements Mutates<CounterEvents> {
  total = 0;
  name = '';
  readonly amounts: number[] = [];
  readonly byWhom = new Map<string, number>();

  onAdded({ amount, by }: CounterEvents['Added']): void {
    this.total += amount;
    this.amounts.push(amount);
    this.byWhom.set(by, (this.byWhom.get(by) ?? 0) + amount);
  }

  onRenamed({ name }: CounterEvents['Renamed']): void {
    this.name = name;
  }
}

export class Counter extends Aggregate<CounterState, CounterEvents> {
  static readonly State = CounterState;

  add(amount: number, by = ''): void {
    this.on('Added', { amount, by });
  }

  rename(name: string): void {
    this.on('Renamed', { name });
  }
}

export interface Sum {
  total: number;
  amounts: number[];
}

/** One view per counter. It ignores `Renamed`. */
export class Sums extends Projection<Sum> implements Projects<Sum, CounterEvents, 'Added'> {
  static readonly source = Counter;

  initial(): Sum {
    return { total: 0, amounts: [] };
  }

  onAdded(view: Sum, { amount }: CounterEvents['Added']): void {
    view.total += amount;
    view.amounts.push(amount);
  }
}

/** One view over all counters, by who added. */
export class SumsByWhom extends Projection<Sum> implements Projects<Sum, CounterEvents, 'Added'> {
  static readonly source = Counter;

  initial(): Sum {
    return { total: 0, amounts: [] };
  }

  override viewsOf(event: { name: string; payload: unknown }): readonly string[] {
    return event.name === 'Added' ? [(event.payload as CounterEvents['Added']).by] : [];
  }

  onAdded(view: Sum, { amount }: CounterEvents['Added']): void {
    view.total += amount;
    view.amounts.push(amount);
  }
}
