import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { openWebShop, type WebShop } from './support/web-shop.ts';

let browser: Browser;
let shop: WebShop;
let address: string;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

beforeEach(async () => {
  shop = await openWebShop();
  address = await shop.app.listen({ host: '127.0.0.1', port: 0 });
  problems.length = 0;
  page = await openPage();
});

afterEach(async () => {
  await page.context().close();
  await shop[Symbol.asyncDispose]();
});

/** A browser of its own, as another customer has. */
async function openPage(): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const opened = await context.newPage();
  opened.on('pageerror', (error) => problems.push(error.message));
  opened.on('request', (request) => {
    if (!request.url().startsWith(address)) problems.push(`asked for ${request.url()}`);
  });
  await opened.goto(address);
  await opened.getByText('live', { exact: true }).waitFor();
  return opened;
}

async function signIn(on: Page, name: string): Promise<void> {
  await on.getByRole('button', { name: 'Sign in' }).click();
  await on.getByLabel('Your name').fill(name);
  await on.keyboard.press('Enter');
  await on.getByRole('button', { name, exact: true }).waitFor();
}

const sale = (on: Page, id: string): ReturnType<Page['locator']> => on.locator(`[data-sale="${id}"]`);
const auction = (on: Page, id: string): ReturnType<Page['locator']> => on.locator(`[data-auction="${id}"]`);

describe('the page', () => {
  it('orders, completes and cancels, and other browsers see it without a reload', { timeout: 30_000 }, async () => {
    const other = await openPage();
    await signIn(page, 'Ann Archer');
    await sale(page, 'ink-well').getByRole('spinbutton').fill('2');
    await sale(page, 'ink-well').getByRole('button', { name: 'Order' }).click();
    await sale(page, 'ink-well').getByText('1 left').waitFor();
    await sale(other, 'ink-well').getByText('1 left').waitFor();
    await other.locator('#activity').getByText('Order placed').waitFor();

    await page.locator('#order-list').getByRole('button', { name: 'Cancel' }).click();
    await page.locator('#order-list').getByText('cancelled').waitFor();
    await sale(other, 'ink-well').getByText('3 left').waitFor();

    await sale(page, 'ink-well').getByRole('button', { name: 'Order' }).click();
    await page.locator('#order-list').getByRole('button', { name: 'Complete' }).click();
    await page.locator('#best').getByText('1 unit sold').waitFor();
    await other.locator('#best').getByText('1 unit sold').waitFor();
    await other.context().close();
    expect(problems).toEqual([]);
  });

  it('says in the words of the rule why an order was refused', { timeout: 30_000 }, async () => {
    await signIn(page, 'Ann Archer');
    // Somebody else is faster, and this page has not heard of it.
    await page.route('**/api/sales/ink-well/orders', (route) =>
      route.continue({ postData: JSON.stringify({ quantity: 4 }) }),
    );
    await sale(page, 'ink-well').getByRole('button', { name: 'Order' }).click();
    await page.getByText('4 wanted, 3 available.').waitFor();
    expect(problems).toEqual([]);
  });

  it('bids, and asks who is bidding first', { timeout: 30_000 }, async () => {
    await auction(page, 'ship-model').getByRole('button', { name: 'Bid' }).click();
    await page.getByLabel('Your name').fill('Ann Archer');
    await page.keyboard.press('Enter');
    await auction(page, 'ship-model').getByText('You lead').waitFor();
    await auction(page, 'ship-model').getByText('1 bid', { exact: true }).waitFor();
    expect(problems).toEqual([]);
  });

  it('shows what happened event by event, by keyboard alone', { timeout: 30_000 }, async () => {
    await shop.app.inject({
      method: 'POST',
      url: '/api/sales/ink-well/orders',
      payload: { orderId: '1', quantity: 2 },
    });
    await shop.app.inject({ method: 'POST', url: '/api/sales/ink-well/orders/1/complete' });
    const title = sale(page, 'ink-well').getByRole('button', { name: 'Glass inkwell' });
    await title.focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Glass inkwell' });
    await drawer.getByText('State after event 3').waitFor();

    await page.keyboard.press('Tab');
    expect(await focused()).toContain('Order completed');
    await page.keyboard.press('ArrowDown');
    await drawer.getByText('State after event 2').waitFor();
    expect(await focused()).toContain('Order placed');
    await drawer.getByText('pending order 1').waitFor();

    // The focus stays in the dialog, however often one goes on.
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(isFocusOnPageBehindDialog)).toBe(false);
    }
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    expect(await focused()).toBe('Glass inkwell');
    expect(problems).toEqual([]);
  });

  it('adds what happens to a history that is open', { timeout: 30_000 }, async () => {
    await sale(page, 'ink-well').getByRole('button', { name: 'Glass inkwell' }).click();
    await page.getByText('State after event 1').waitFor();
    await shop.app.inject({ method: 'POST', url: '/api/sales/ink-well/orders', payload: { quantity: 2 } });
    await page.getByText('State after event 2').waitFor();
    expect(problems).toEqual([]);
  });

  it('knows its customer again after a reload', { timeout: 30_000 }, async () => {
    await signIn(page, 'Ann Archer');
    await page.reload();
    await page.getByRole('button', { name: 'Ann Archer' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('fits a narrow screen', { timeout: 30_000 }, async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await sale(page, 'ink-well').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(problems).toEqual([]);
  });
});

function focused(): Promise<string> {
  return page.evaluate<string>("document.activeElement?.textContent ?? ''");
}

/** Runs in the browser. Between two rounds the focus may be on the browser itself: then the page has it on its body. */
const isFocusOnPageBehindDialog =
  "document.activeElement !== document.body && document.activeElement.closest('dialog') === null";
