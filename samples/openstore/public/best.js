import { getBestSellers } from './api.js';
import { openDetail } from './detail.js';
import { byId, fill, h } from './dom.js';
import { counted } from './format.js';
import { on } from './store.js';

const list = byId('best', HTMLElement);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Shows what sells best; looks again a moment after something was sold. */
export function startBest() {
  on('sales', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void show();
    }, 250);
  });
}

async function show() {
  const { sales } = await getBestSellers().catch(() => ({ sales: [] }));
  fill(
    list,
    ...sales.map(({ id, title, sold }) =>
      h(
        'li',
        {},
        h('button', { type: 'button', class: 'title', onclick: () => openDetail('sales', id) }, title),
        h('span', { class: 'faint' }, `${counted(sold, 'unit')} sold`),
      ),
    ),
    sales.length === 0 && h('li', { class: 'faint' }, 'Nothing sold yet: complete an order.'),
  );
}
