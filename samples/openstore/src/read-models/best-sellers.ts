import type { Query, Views } from '@ndomain/core';
import type { SaleCardView } from './sale-card.ts';

/** The sales that sold the most units, best first; computed from the cards when it is asked for. */
export async function bestSellers(
  cards: Views<SaleCardView>,
  count: number,
): Promise<readonly (Query<SaleCardView> & { readonly data: SaleCardView })[]> {
  const sold: (Query<SaleCardView> & { data: SaleCardView })[] = [];
  for await (const { id, version, data } of cards.all()) {
    if (data !== undefined && data.sold > 0) sold.push({ id, version, data });
  }
  return sold.sort((a, b) => b.data.sold - a.data.sold || (a.id < b.id ? -1 : 1)).slice(0, count);
}
