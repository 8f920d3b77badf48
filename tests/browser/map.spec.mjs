// The journey of somebody who opens the map for the first time, once in each language.
import { expect, test } from '@playwright/test';
import { alone } from './alone.mjs';
import { colours, difference, Screen, VIEW, WORDS } from './screen.mjs';

const LAYERS = [
  'people',
  'houses',
  'enterprises',
  'cameras',
  'places',
  'grids',
  'jurisdictions',
  'roads',
  'buildings',
  'water',
  'land',
];
const KINDS = ['people', 'houses', 'enterprises', 'cameras', 'units', 'places'];

for (const [first, second] of [
  ['zh', 'en'],
  ['en', 'zh'],
]) {
  test(`the city is on the map, answers a click and moves (${first}, then ${second})`, async ({ page }) => {
    const url = process.env.ONEMAP_URL;
    const trouble = await alone(page, url);
    const screen = new Screen(page);

    await test.step('log in', async () => {
      await screen.open(`${url}/?lang=${first}${VIEW}`);
      await screen.login('lead', process.env.ONEMAP_DEMO_PASSWORD);
      await screen.settle();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(WORDS[first].name);
      await expect(page.locator('html')).toHaveAttribute('lang', WORDS[first].html);
      await expect(screen.clock).toBeVisible();
      await expect(page.getByTestId('city')).toHaveText(WORDS[first].city);
    });

    await test.step('the map is drawn', async () => {
      const seen = colours(await screen.picture());
      expect(seen.number).toBeGreaterThan(50);
      expect(seen.commonest).toBeLessThan(0.9);
    });

    await test.step('the link is good', async () => {
      await expect(screen.link).toContainText(WORDS[first].live);
    });

    await test.step('layers go off and on again', async () => {
      // Units drive meanwhile, and would change every picture.
      await screen.layer('units').uncheck();
      const all = Object.keys(await screen.layers()).filter((id) => id !== 'units');
      expect(all.sort()).toEqual([...LAYERS].sort());
      // Each from the way it was at the start: a layer that is off at first may cover another.
      for (const id of all) {
        const on = await screen.layer(id).isChecked();
        await screen.settle();
        const before = await screen.ground();
        await screen.layer(id).setChecked(!on);
        expect(await screen.layers()).toMatchObject({ [id]: !on });
        await screen.settle();
        expect(difference(before, await screen.ground()), id).toBeGreaterThan(0.0002);
        await screen.layer(id).setChecked(on);
        expect(await screen.layers()).toMatchObject({ [id]: on });
      }
      await screen.layer('units').check();
    });

    await test.step('a click answers for all four elements at once', async () => {
      await screen.clickGround();
      for (const kind of KINDS) {
        await expect(screen.found(kind)).toBeVisible();
        await expect(screen.found(kind)).toContainText(/\d/);
      }
    });

    await test.step('a unit moves within ten seconds', async () => {
      const before = new Map((await screen.units()).map((unit) => [unit.id, unit]));
      expect(before.size).toBeGreaterThan(0);
      const moved = async () =>
        (await screen.units()).filter(({ id, lon, lat }) => {
          const was = before.get(id);
          return was && (was.lon !== lon || was.lat !== lat);
        }).length;
      await expect.poll(moved, { timeout: 10_000 }).toBeGreaterThan(0);
    });

    await test.step('what moves is seen to move', async () => {
      await page.keyboard.press('Escape');
      await screen.settle();
      const first = await screen.ground();
      const changed = async () => difference(first, await screen.ground());
      await expect.poll(changed, { timeout: 15_000 }).toBeGreaterThan(0.0001);
      // Without units nothing moves: it was they, and not the map that was still being drawn.
      await screen.layer('units').uncheck();
      await screen.settle();
      const still = await screen.ground();
      await page.waitForTimeout(4_000);
      expect(difference(still, await screen.ground())).toBe(0);
      await screen.layer('units').check();
    });

    await test.step('the other language comes without a reload', async () => {
      await page.evaluate(() => {
        window.samePage = true;
      });
      await screen.language.click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(WORDS[second].name);
      await expect(page.locator('html')).toHaveAttribute('lang', WORDS[second].html);
      expect(await page.evaluate(() => window.__onemap.lang())).toBe(second);
      expect(await page.evaluate(() => window.samePage)).toBe(true);
      await expect(screen.link).toContainText(WORDS[second].live);
    });

    expect(trouble).toEqual({ elsewhere: [], broken: [], thrown: [] });
  });
}

test('a wrong password is refused in words and the right one still works', async ({ page }) => {
  const screen = new Screen(page);
  await screen.open(`${process.env.ONEMAP_URL}/?lang=en`);
  await screen.user.fill('lead');
  await screen.password.fill('not it');
  await screen.submit.click();
  await expect(page.getByRole('alert').filter({ hasText: /wrong/i })).toBeVisible();
  await screen.login('lead', process.env.ONEMAP_DEMO_PASSWORD);
  await screen.settle();
});
