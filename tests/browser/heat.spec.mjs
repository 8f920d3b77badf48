// Heat on a wall and on a console: one key, a picture below the words, numbers, and what is left out.
import { expect, test } from '@playwright/test';
import { alone } from './alone.mjs';
import { Console } from './console.mjs';
import { difference } from './screen.mjs';
import { Wall } from './wall.mjs';

const WORDS = {
  zh: { name: '报警热力', left: /三起以上.*\d+%.*不显示/, unit: '起/平方公里' },
  en: { name: 'Heat of calls', left: /three or more.*\d+ %.*left out/, unit: 'calls/km²' },
};
const drawn = (page) => page.evaluate(() => window.__onemap.operations());
/** The middle of the city, from as far as heat is looked at. */
const CITY = '#map=12/28.00300/120.66500';
const TILE = /\/heat\/incidents\/\d+\/\d+\/\d+\.png/;

test('heat lies on the wall by one key, and says its days, its number and what is left out', async ({ page }) => {
  const [url, password, words] = [process.env.ONEMAP_URL, process.env.ONEMAP_DEMO_PASSWORD, WORDS.zh];
  const trouble = await alone(page, url);
  const wall = new Wall(page);
  const tiles = [];
  page.on('response', (answer) => TILE.test(answer.url()) && tiles.push(answer.status()));
  await wall.enter(`${url}/wall?lang=zh`, 'wall', password);
  // The tour stands still.
  await page.keyboard.press('0');
  await page.keyboard.press('k');
  await wall.settle();
  const heat = page.getByTestId('heat');
  await expect(heat).toHaveCount(0);
  expect((await drawn(page)).heat).toBe(0);

  await page.keyboard.press('h');
  await expect(heat).toContainText(words.name);
  await expect(heat).toContainText(words.unit);
  await expect(heat.getByTestId('heat-n')).toContainText(/[1-9]\d{2,}/);
  await expect(heat.getByTestId('heat-period')).toContainText(/\d{4}-\d\d-\d\d.*\d{4}-\d\d-\d\d/);
  await expect(heat.getByTestId('heat-left-out')).toContainText(words.left);
  const steps = (await heat.getByTestId('heat-step').allTextContents()).map((one) => Number.parseFloat(one.replace('≥', '')));
  expect(steps.length).toBeGreaterThanOrEqual(3);
  expect([...steps].sort((a, b) => a - b)).toEqual(steps);
  await wall.settle();
  expect((await drawn(page)).heat).toBe(1);
  expect(tiles.length).toBeGreaterThan(2);
  expect(tiles.filter((status) => status !== 200)).toEqual([]);

  // A reload comes back to it; a second press takes it away.
  expect(new URL(page.url()).searchParams.get('heat')).toBe('90');
  await page.reload();
  await wall.settle();
  await expect(heat.getByTestId('heat-n')).toBeVisible();
  await page.keyboard.press('h');
  await expect(heat).toHaveCount(0);
  await expect.poll(async () => (await drawn(page)).heat).toBe(0);
  expect(trouble).toEqual({ elsewhere: [], broken: [], thrown: [] });
});

test('heat that is not for this login says so, and that it did not come says so too', async ({ page }) => {
  const [url, password] = [process.env.ONEMAP_URL, process.env.ONEMAP_DEMO_PASSWORD];
  const legend = page.getByTestId('heat-legend');
  const wall = new Wall(page);
  await wall.enter(`${url}/wall?lang=en&heat=90`, 'wall_guest', password);
  await expect(legend).toHaveAttribute('data-state', 'refused');
  await expect(legend).toContainText(/\w{4,}/);
  expect((await drawn(page)).heat).toBe(0);

  await page.context().clearCookies();
  await page.route('**/heat/incidents.json*', (route) => route.abort());
  await wall.enter(`${url}/wall?lang=en&heat=90`, 'wall', password);
  await expect(legend).toHaveAttribute('data-state', 'failed');
  expect((await drawn(page)).heat).toBe(0);
});

test('what the legend tells is on the map, below its words', async ({ page }) => {
  const [url, password] = [process.env.ONEMAP_URL, process.env.ONEMAP_DEMO_PASSWORD];
  const desk = new Console(page);
  // Nothing that moves, and nothing that heat takes away: two pictures differ by the heat alone.
  await desk.enter(`${url}/dispatch?lang=zh${CITY}&on=roads,jurisdictions,water`, 'dispatcher', password);
  await desk.settle();
  const [one, two] = [await desk.ground(), await desk.ground()];
  expect(difference(one, two)).toBeLessThan(0.001);
  await page.keyboard.press('h');
  await page.getByTestId('heat-n').waitFor();
  await desk.settle();
  expect(difference(two, await desk.ground())).toBeGreaterThan(0.02);
});

test('a desk has heat by key and by hand, of as many days as it wants, and puts it on the wall', async ({ page, browser }) => {
  const [url, password] = [process.env.ONEMAP_URL, process.env.ONEMAP_DEMO_PASSWORD];
  const desk = new Console(page);
  await desk.enter(`${url}/dispatch?lang=en${CITY}`, 'dispatcher', password);
  const heat = page.getByTestId('heat');
  const off = await desk.layers();
  expect(off).toMatchObject({ houses: true, enterprises: true, roads: true });
  await page.keyboard.press('h');
  // Dots on every house would hide it.
  expect(await desk.layers()).toMatchObject({ houses: false, enterprises: false, roads: true });
  const n = async () => Number.parseInt(await heat.getByTestId('heat-n').textContent(), 10);
  await expect(heat.getByTestId('heat-n')).toBeVisible();
  for (const said of Object.values(WORDS.en)) await expect(heat).toContainText(said);
  const ninety = await n();
  await desk.settle();
  expect((await drawn(page)).heat).toBe(1);
  await heat.getByTestId('heat-days').selectOption('30');
  await expect.poll(n).toBeLessThan(ninety);
  expect(new URL(page.url()).searchParams.get('heat')).toBe('30');
  // The list of layers has it as well.
  await heat.getByRole('button').press('l');
  await expect(desk.layer('heat')).toBeChecked();

  const other = await browser.newContext();
  const wall = new Wall(await other.newPage());
  await wall.enter(`${url}/wall?lang=en&wall=7`, 'wall', password);
  expect((await drawn(wall.page)).heat).toBe(0);
  await page.keyboard.press('w');
  await expect(wall.scene).toBeVisible();
  await expect(wall.page.getByTestId('heat-n')).toBeVisible();
  await page.keyboard.press('Shift+W');
  await expect(wall.scene).toHaveCount(0);
  await expect(wall.page.getByTestId('heat')).toHaveCount(0);
  await other.close();

  // Streets are too near for it: it goes, and the legend says why.
  await desk.layer('heat').uncheck();
  await expect(heat).toHaveCount(0);
  expect(await desk.layers()).toEqual(off);
  await desk.layer('heat').check();
  await expect(heat.getByTestId('heat-near')).toHaveCount(0);
  await page.evaluate(() => {
    location.hash = '#map=15.5/28.00300/120.66500';
  });
  await expect(heat.getByTestId('heat-near')).toBeVisible();
});
