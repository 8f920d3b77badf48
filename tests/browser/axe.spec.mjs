// What a machine can find of what keeps people out: names, roles, contrasts, focus; all four pages, both languages.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { Console } from './console.mjs';
import { Screen } from './screen.mjs';
import { deskOf, PHONE, Unit } from './unit.mjs';
import { seat, Wall } from './wall.mjs';

const PLACE = { lon: 120.6595, lat: 28.0229 };

/** What is serious or worse, as sentences that say where. */
async function findings(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  // One that looked at nothing finds nothing.
  expect(passes.length).toBeGreaterThan(10);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`));
}

/** The same page in both languages, and with both grounds. */
async function bothLanguages(page, path, ready) {
  for (const query of ['lang=zh', 'lang=en&theme=light']) {
    await page.goto(`${process.env.ONEMAP_URL}${path}${path.includes('?') ? '&' : '?'}${query}`);
    await ready();
    expect(await findings(page), query).toEqual([]);
  }
}

let desk;
let id;
test.beforeAll(async ({ playwright }) => {
  const asks = await playwright.request.newContext();
  desk = await seat(asks, process.env.ONEMAP_URL, 'dispatcher', process.env.ONEMAP_DEMO_PASSWORD);
  ({ id } = await desk.call({ priority: 1, text: 'two men with knives below the bridge', ...PLACE }));
});
test.afterAll(() => desk.command(id, { type: 'cancel', reason: 'end of the test' }));

/** The question for a login, looked at, and answered. */
async function enter(page, path, user) {
  const screen = new Screen(page);
  await screen.open(`${process.env.ONEMAP_URL}${path}`);
  await screen.submit.waitFor();
  expect(await findings(page), 'login').toEqual([]);
  await screen.login(user, process.env.ONEMAP_DEMO_PASSWORD);
}

test('axe: the wall with an urgent incident and heat', async ({ page }) => {
  await enter(page, '/wall?lang=zh', 'wall');
  const wall = new Wall(page);
  await bothLanguages(page, '/wall?heat=90', async () => {
    await wall.settle();
    await expect(wall.row(id)).toBeVisible();
    await page.getByTestId('heat-legend').waitFor();
  });
});

test('axe: the console with an open incident, its layers and heat', async ({ page }) => {
  await enter(page, '/dispatch?lang=zh', 'dispatcher');
  const screen = new Console(page);
  await bothLanguages(page, `/dispatch?heat=90&inc=${id}`, async () => {
    await screen.settle();
    await expect(screen.incident).toHaveAttribute('data-id', id);
    await expect(screen.units.locator('li[data-unit]').first()).toBeVisible();
    await page.keyboard.press('l');
    await expect(screen.layer('heat')).toBeChecked();
  });
  await page.keyboard.press('?');
  await expect(page.getByTestId('help')).toBeVisible();
  expect(await findings(page), 'help').toEqual([]);
});

test('axe: the planner’s page with heat', async ({ page }) => {
  await enter(page, '/plan?lang=zh', 'planner');
  const screen = new Screen(page);
  await bothLanguages(page, '/plan', async () => {
    await screen.settle();
    await expect(page.getByTestId('hours').locator('[data-hour]')).toHaveCount(168);
    await page.getByTestId('heat-on').check();
    await page.getByTestId('heat-n').waitFor();
  });
});

test('axe: the page of a unit with an order', async ({ page, playwright }) => {
  await page.setViewportSize(PHONE.viewport);
  await enter(page, '/unit?lang=zh', 'unit');
  const { unit: me } = await (await page.request.get(`${process.env.ONEMAP_URL}/api/v1/session`)).json();
  const sender = await deskOf(playwright, process.env.ONEMAP_URL, 'dispatcher', process.env.ONEMAP_DEMO_PASSWORD);
  await sender.assign(id, me);
  await bothLanguages(page, '/unit', () => new Unit(page).step.waitFor());
  // It does find what is there: a button without a name.
  await page.evaluate(() => document.querySelector('main, body').append(document.createElement('button')));
  expect((await findings(page)).join()).toContain('button-name');
});
