import type { Item } from '../domain/item.ts';

/** What the shop opens with, so that there is something to see. Prices are in pence. */
export interface SeedSale {
  readonly id: string;
  readonly item: Item;
  readonly price: number;
  readonly stock: number;
}

export interface SeedAuction {
  readonly id: string;
  readonly item: Item;
  readonly minPrice: number;
  /** Minutes from the moment of seeding. */
  readonly startsIn: number;
  readonly endsIn: number;
}

export const SEED_SALES: readonly SeedSale[] = [
  sale('tin-lantern', 'Tin lantern', 'Punched by hand, so an evening table gets its own stars.', 1_850, 40),
  sale('linen-apron', 'Linen apron', 'Stonewashed, deep pockets, forgives flour.', 3_200, 24),
  sale('oak-board', 'Oak bread board', 'One plank, no glue. Oil it once a year and hand it down.', 2_750, 18),
  sale('enamel-mug', 'Enamel mug', 'Falls off boats and walls and goes on.', 950, 120),
  sale('wool-blanket', 'Wool blanket', 'Woven in Wales from the wool of about three sheep.', 8_900, 9),
  sale('brass-bell', 'Brass shop bell', 'Announces customers, children and cats alike.', 2_200, 15),
  sale('beeswax-candles', 'Beeswax candles', 'Six of them. They smell of July.', 1_400, 60),
  sale('garden-twine', 'Garden twine', 'Two hundred metres of green jute on a wooden spool.', 480, 200),
  sale('recipe-box', 'Recipe box', 'Beech, with dividers, and a card for the one you never wrote down.', 2_600, 22),
  sale('ink-well', 'Glass inkwell', 'Heavy enough to hold the letter and the thought.', 1_700, 3),
  sale('felt-slippers', 'Felt slippers', 'Quiet on stairs. Sizes that admit to being sizes.', 3_900, 30),
  sale('tea-caddy', 'Tea caddy', 'Double lid, room for a quarter pound, one dent included.', 1_250, 45),
];

export const SEED_AUCTIONS: readonly SeedAuction[] = [
  auction(
    'station-clock',
    'Station clock',
    'From a platform that lost its trains. Runs four minutes early.',
    12_000,
    0,
    10,
  ),
  auction('ship-model', 'Model of a clipper', 'Built by a retired purser over eleven winters.', 25_000, 0, 120),
  auction('map-of-wells', 'Map of the wells, 1871', 'Hand-coloured; two of the wells are still there.', 8_000, 15, 240),
];

function sale(id: string, title: string, description: string, price: number, stock: number): SeedSale {
  return { id, item: { title, description }, price, stock };
}

function auction(
  id: string,
  title: string,
  description: string,
  minPrice: number,
  startsIn: number,
  endsIn: number,
): SeedAuction {
  return { id, item: { title, description }, minPrice, startsIn, endsIn };
}
