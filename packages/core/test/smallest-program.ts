// #region program
import { Aggregate, DomainContext, Projection, State } from '@ndomain/core';
import type { AggregateRepository, Handles, Mutates, Projects } from '@ndomain/core';

type CartCommands = { AddItem: { cartId: string; sku: string; quantity: number } };
type CartEvents = { ItemAdded: { sku: string; quantity: number } };

class CartState extends State implements Mutates<CartEvents> {
  units = 0;
  onItemAdded(event: CartEvents['ItemAdded']) {
    this.units += event.quantity;
  }
}

class Cart extends Aggregate<CartState, CartEvents> {
  static readonly State = CartState;
  add(sku: string, quantity: number) {
    if (this.state.units + quantity > 100) throw new Error('The cart is full.');
    this.on('ItemAdded', { sku, quantity });
  }
}

class CartCommandHandler implements Handles<CartCommands> {
  readonly #carts: AggregateRepository<Cart>;
  constructor(carts: AggregateRepository<Cart>) {
    this.#carts = carts;
  }
  async handleAddItem({ cartId, sku, quantity }: CartCommands['AddItem']) {
    await this.#carts.createOrUpdate(cartId, (cart) => cart.add(sku, quantity));
  }
}

class CartTotals extends Projection<{ units: number }> implements Projects<{ units: number }, CartEvents> {
  static readonly source = Cart;
  initial() {
    return { units: 0 };
  }
  onItemAdded(view: { units: number }, event: CartEvents['ItemAdded']) {
    view.units += event.quantity;
  }
}

const context = await DomainContext.configure()
  .eventSourcing((c) => c.bind(Cart))
  .bus((c) =>
    c.withProcessor((p) =>
      p
        .endpoint('carts')
        .registerHandler(CartCommandHandler, (c) => new CartCommandHandler(c.repository(Cart)))
        .registerProjection(CartTotals),
    ),
  )
  .start();

await context.commands<CartCommands>().send('AddItem', { cartId: 'cart-1', sku: 'lantern', quantity: 6 });
const totals = await context.views(CartTotals).getOrWaitUntil('cart-1', 1);
console.log(`cart-1 holds ${totals.data?.units} units`);
await context.stop();
// #endregion program
