import { deepEqual, equal, ok } from 'node:assert/strict';
import type { DomainContextBuilder, ProcessorBuilder, StreamEvent } from '@ndomain/core';
import type {
  SimulationScenario,
  SeededRandom,
  SimulatedCommand,
  SimulatedWorld,
  SimulationEnd,
} from '@ndomain/testing';
import { ENDPOINTS, outcomesOf } from '../src/configure.ts';
import type { Order, SaleCommands, SaleEvents } from '../src/domain/sale/contracts.ts';
import { SaleCommandHandler } from '../src/domain/sale/sale-command-handler.ts';
import { Sale } from '../src/domain/sale/sale.ts';
import { orderSubject } from '../src/outcomes/outcomes.ts';
import { MemberOrders, type MemberOrder } from '../src/read-models/member-orders.ts';
import { RejectionLog } from '../src/read-models/rejection-log.ts';
import { SaleCard } from '../src/read-models/sale-card.ts';

const SALES = ['lantern', 'kettle', 'clock'] as const;
const MEMBERS = ['ann', 'bob', null] as const;
const ITEM = { title: 'Goods', description: '' };

interface KnownOrder {
  readonly saleId: string;
  readonly orderId: string;
}

/** OpenStore's orders: customers order, cancel and complete, two processes decide, a third one keeps the read models. */
export class Orders implements SimulationScenario {
  readonly aggregates = [Sale];
  readonly ordersCommands = true;
  readonly roles = ['sales', 'sales', 'read-models'];
  readonly #orders: KnownOrder[] = [];
  #commands = 0;

  configure(builder: DomainContextBuilder, role: string): void {
    builder.eventSourcing((c) => c.cache({ capacity: 2 }).recovery({ olderThanMs: 10_000, everyMs: 5_000 }));
    builder.bus((c) => c.withProcessor((p) => (role === 'sales' ? salesEndpoint(p) : readModelsEndpoint(p))));
  }

  act(world: SimulatedWorld): void {
    if (world.step === 1) for (const saleId of SALES) this.#createSale(world, saleId);
    else this.#next(world);
  }

  async check(end: SimulationEnd): Promise<void> {
    for (const saleId of SALES) await checkSale(saleId, end);
    await checkOutcomes(end);
    await checkMemberOrders(end);
  }

  #createSale(world: SimulatedWorld, saleId: string): void {
    const stock = world.random.between(3, 12);
    this.#send(world, 'CreateSale', { saleId, sellerId: 'shop', item: ITEM, price: 250, stock });
  }

  #next(world: SimulatedWorld): void {
    const { random } = world;
    const earlier = this.#orders.length > 0 ? random.pick(this.#orders) : undefined;
    const drawn = random.next();
    if (earlier === undefined || drawn < 0.5) this.#placeOrder(world);
    else if (drawn < 0.75) this.#send(world, 'CompleteOrder', earlier);
    else if (drawn < 0.9) this.#send(world, 'CancelOrder', earlier);
    else this.#adjustStock(world);
  }

  #placeOrder(world: SimulatedWorld): void {
    const { random } = world;
    const saleId = random.pick(SALES);
    const orderId = `order-${this.#orders.length + 1}`;
    this.#orders.push({ saleId, orderId });
    this.#send(world, 'PlaceOrder', { saleId, order: orderOf(orderId, random) });
  }

  #adjustStock(world: SimulatedWorld): void {
    const adjustmentId = `adjustment-${this.#commands}`;
    const change = world.random.between(-3, 5);
    this.#send(world, 'AdjustStock', { saleId: world.random.pick(SALES), adjustmentId, change, reason: 'found' });
  }

  #send<Name extends keyof SaleCommands>(world: SimulatedWorld, name: Name, payload: SaleCommands[Name]): void {
    world.send({ id: `command-${++this.#commands}`, name, payload, key: payload.saleId });
  }
}

function salesEndpoint(p: ProcessorBuilder): ProcessorBuilder {
  return quick(p.endpoint(ENDPOINTS.sales)).registerHandler(
    SaleCommandHandler,
    (c) => new SaleCommandHandler(c.repository(Sale), outcomesOf(c)),
  );
}

function readModelsEndpoint(p: ProcessorBuilder): ProcessorBuilder {
  return quick(p.endpoint(ENDPOINTS.readModels))
    .registerProjection(SaleCard)
    .registerHandler(MemberOrders, (c) => new MemberOrders(c.queryStore))
    .registerHandler(new RejectionLog());
}

/** As the shop has it, with fewer partitions and shorter leases: more happens in less time. */
function quick(p: ProcessorBuilder): ProcessorBuilder {
  return p.ordered({ partitions: 2, partitionLeaseMs: 9_000 }).lease(8_000).concurrency(8);
}

function orderOf(id: string, random: SeededRandom): Order {
  const placedAt = new Date(0);
  return { id, memberId: random.pick(MEMBERS), quantity: random.between(1, 4), unitPrice: 250, placedAt };
}

/** The shop window shows what the books say, and nobody was sold what was not there. */
async function checkSale(saleId: string, { context, events }: SimulationEnd): Promise<void> {
  const own = events.filter(({ aggregateId }) => aggregateId === saleId);
  const { state, version } = await context.repository(Sale).findOrDefault(saleId);
  equal(version, own.length, `${saleId} is loaded at its version`);
  ok(state.available >= 0, `${saleId} has ${state.available} available`);

  const card = await context.views(SaleCard).get(saleId);
  equal(card.version, version, `the card of ${saleId} is up to date`);
  if (card.data === undefined) return;
  const { stock, reserved, pendingOrders } = card.data;
  const expected = { stock: state.stock, reserved: state.reserved, pendingOrders: state.pendingOrders.size };
  deepEqual({ stock, reserved, pendingOrders }, expected, `the card of ${saleId} says what its stream says`);
}

/** An order that was accepted by the bus is in the books once, or rejected for good; never both. */
async function checkOutcomes({ context, events, sent, accepted }: SimulationEnd): Promise<void> {
  for (const command of sent) {
    if (command.name !== 'PlaceOrder') continue;
    const { saleId, order } = payloadOf<SaleCommands['PlaceOrder']>(command);
    const placed = ordersIn(events, 'OrderPlaced').filter(({ id }) => id === order.id).length;
    const isRejected = (await context.queryStore.get(orderSubject(saleId, order.id).key)).version > 0;
    ok(placed + Number(isRejected) <= 1, `${order.id} was placed ${placed} times, rejected: ${isRejected}`);
    if (accepted.has(command.id)) ok(placed === 1 || isRejected, `${order.id} was accepted, and has no outcome`);
  }
}

/** Each member sees each of their orders as it stands in the books. */
async function checkMemberOrders({ context, events }: SimulationEnd): Promise<void> {
  const expected = new Map<string, MemberOrder['status']>();
  for (const { id } of membersOnly(ordersIn(events, 'OrderPlaced'))) expected.set(id, 'pending');
  for (const { id } of membersOnly(ordersIn(events, 'OrderCancelled'))) expected.set(id, 'cancelled');
  for (const { id } of membersOnly(ordersIn(events, 'OrderCompleted'))) expected.set(id, 'completed');
  const shown = new Map<string, MemberOrder['status']>();
  for (const memberId of MEMBERS) {
    if (memberId === null) continue;
    for await (const { order, status } of new MemberOrders(context.queryStore).of(memberId))
      shown.set(order.id, status);
  }
  deepEqual(shown, expected, 'the members see their orders');
}

function ordersIn(events: readonly StreamEvent[], name: 'OrderPlaced' | 'OrderCancelled' | 'OrderCompleted'): Order[] {
  return events.filter((event) => event.name === name).map(({ payload }) => (payload as SaleEvents[typeof name]).order);
}

function membersOnly(orders: readonly Order[]): readonly Order[] {
  return orders.filter(({ memberId }) => memberId !== null);
}

function payloadOf<Payload>({ payload }: SimulatedCommand): Payload {
  return payload as Payload;
}
