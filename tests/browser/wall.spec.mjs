// A wall that nobody steers: it tours, what is urgent breaks in once, it obeys a desk, and what is old says so.
import { expect, test } from '@playwright/test';
import { alone } from './alone.mjs';
import { Console } from './console.mjs';
import { seat, Wall } from './wall.mjs';

const WORDS = {
  zh: { asked: '登录', city: '温州市', live: '实时', text: '持刀伤人，嫌疑人向东逃跑', lost: '断开', old: '数据已停止更新' },
  en: { asked: 'Log in', city: 'Wenzhou City', live: 'Live', text: 'stabbing, suspect runs east', lost: 'Link lost', old: 'No data for' },
};
/** A place of the dispatcher's county for each run, so that the second is no further call of the first. */
const PLACE = { zh: { lon: 120.6612, lat: 28.0231 }, en: { lon: 120.6471, lat: 28.0093 } };

for (const lang of ['zh', 'en']) {
  test(`the wall breaks in, obeys and ages (${lang})`, async ({ page, browser, request }) => {
    test.setTimeout(420_000);
    const [url, password, words] = [process.env.ONEMAP_URL, process.env.ONEMAP_DEMO_PASSWORD, WORDS[lang]];
    const trouble = await alone(page, url);
    const wall = new Wall(page);
    await wall.tap();
    const other = await browser.newContext();
    const dispatcher = await seat(request, url, 'dispatcher', password);
    const own = [];

    await test.step('the page opens without a login and asks for it', async () => {
      await wall.open(`${url}/wall?lang=${lang}&wall=1`);
      await expect(page.getByRole('heading', { name: words.asked })).toBeVisible();
      await expect(wall.list).toHaveCount(0);
    });

    await test.step('a wall shows the city, its clock, its link and what is open', async () => {
      await wall.login('wall', password);
      await wall.settle();
      await expect(wall.strip).toContainText(words.city);
      await expect(wall.clock).toHaveText(/^\d\d:\d\d:\d\d$/);
      await expect(wall.link).toContainText(words.live);
      expect(Number(await wall.kpi('free').textContent())).toBeGreaterThan(50);
      await expect(wall.frame).toHaveCount(0);
      // Nothing to press, nothing to scroll: a wall has no hand.
      await expect(page.locator('button, input, select, a[href]:not(.maplibregl-ctrl a)')).toHaveCount(0);
    });

    let id;
    await test.step('what is urgent breaks in, and stands in the list', async () => {
      const [urgent] = await wall.openCounts();
      ({ id } = await dispatcher.call({ priority: 1, ...PLACE[lang], text: words.text }));
      own.push(id);
      // The city of the demo lives: what it reports itself may be shown first, for at most 20 s.
      await expect(page.locator(`[data-testid="wall-break"][data-incident="${id}"]`)).toBeVisible({ timeout: 60_000 });
      await expect(wall.tour).toHaveAttribute('data-at', id);
      await expect(wall.row(id)).toContainText(words.text);
      expect((await wall.openCounts())[0]).toBeGreaterThan(urgent);
      expect((await wall.drawn()).incident).toBeGreaterThan(0);
    });

    await test.step('its cameras are asked for, and their tiles say how they stand', async () => {
      await expect(wall.video).toBeVisible();
      await expect(wall.video.locator('button')).toHaveCount(0);
    });

    await test.step('one key acknowledges it; a further call of the same event is a row and no alarm', async () => {
      await page.keyboard.press('a');
      await expect(page.locator(`[data-testid="wall-break"][data-incident="${id}"]`)).toHaveCount(0);
      const again = await dispatcher.call({ priority: 1, ...PLACE[lang], text: words.text });
      own.push(again.id);
      await expect(wall.row(again.id)).toBeVisible();
      await page.waitForTimeout(2_500);
      await expect(page.locator(`[data-testid="wall-break"][data-incident="${again.id}"]`)).toHaveCount(0);
    });

    await test.step('a hand steers: city, row, hold, lock', async () => {
      await page.keyboard.press('0');
      await expect(wall.tour).toHaveAttribute('data-at', 'city');
      await expect(wall.tour).toHaveAttribute('data-state', 'paused');
      await page.keyboard.press('1');
      const first = await wall.list.locator('li').first().getAttribute('data-incident');
      await expect(wall.tour).toHaveAttribute('data-at', first);
      await page.keyboard.press('k');
      await expect(wall.tour).toHaveAttribute('data-state', 'locked');
      await page.keyboard.press('0');
      await expect(wall.tour).toHaveAttribute('data-at', first);
      await page.keyboard.press('k');
      await page.keyboard.press(' ');
      await expect(wall.tour).toHaveAttribute('data-state', 'moves');
    });

    await test.step('a curtain covers words and pictures, also after a reload', async () => {
      await page.keyboard.press('c');
      await expect(wall.texts).toHaveCount(0);
      await expect(wall.list).not.toContainText(words.text);
      await expect(wall.video).toHaveCount(0);
      await page.reload();
      await wall.settle();
      await expect(wall.row(id)).toBeVisible();
      await expect(page.locator('body')).not.toContainText(words.text);
      await page.keyboard.press('c');
      await expect(wall.row(id)).toContainText(words.text);
    });

    await test.step('W at a desk changes the wall, by name; taking back gives it its own way again', async () => {
      const desk = new Console(await other.newPage());
      await desk.enter(`${url}/dispatch?lang=${lang}&inc=${id}`, 'dispatcher', password);
      await expect(desk.incident).toHaveAttribute('data-id', id);
      const before = await desk.page.evaluate(() => performance.now());
      await desk.page.keyboard.press('w');
      await expect(wall.scene).toBeVisible({ timeout: 5_000 });
      await expect(wall.scene).toContainText(id);
      await expect(wall.scene).toContainText('dispatcher');
      console.log(`W to the wall: ${Math.round((await desk.page.evaluate(() => performance.now())) - before)} ms`);
      await expect(wall.tour).toHaveCount(0);
      await expect(wall.row(id)).toHaveClass(/shown/);
      // Other urgent ones never leave the screen.
      await expect(wall.row(own[1])).toBeVisible();
      await expect(desk.page.getByTestId('walls-held')).toContainText('dispatcher');
      await desk.page.keyboard.press('Shift+W');
      await expect(wall.scene).toHaveCount(0, { timeout: 5_000 });
      await expect(wall.tour).toBeVisible();
      await expect(desk.page.getByTestId('walls-held')).toHaveCount(0);
      await desk.page.close();
    });

    await test.step('a cut link: everything keeps its age, and the picture says that it is old', async () => {
      await wall.cutLink();
      await expect(wall.frame).toHaveAttribute('data-standing', 'amber', { timeout: 15_000 });
      await expect(wall.frame).toHaveAttribute('data-standing', 'red', { timeout: 40_000 });
      await expect(wall.frame).toContainText(words.old);
      await expect(wall.link).toContainText(words.lost);
      await expect(wall.row(id)).toBeVisible();
      const missed = await dispatcher.call({ priority: 1, ...PLACE[lang], text: words.text });
      own.push(missed.id);
      wall.mendLink();
      await expect(wall.frame).toHaveCount(0, { timeout: 40_000 });
      await expect(wall.row(missed.id)).toBeVisible();
    });

    for (const one of own) await dispatcher.command(one, { type: 'cancel', reason: 'end of the test' });
    await expect(wall.row(id)).toHaveCount(0);
    await other.close();
    expect(trouble).toEqual({ elsewhere: [], broken: [], thrown: [] });
  });
}

test('a guest’s wall has no words, no units and asks for no camera', async ({ page, request }) => {
  const [url, password] = [process.env.ONEMAP_URL, process.env.ONEMAP_DEMO_PASSWORD];
  const dispatcher = await seat(request, url, 'dispatcher', password);
  const { id } = await dispatcher.call({ priority: 1, lon: 120.6533, lat: 28.0177, text: 'a word that no guest reads' });
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const wall = new Wall(page);
  await wall.enter(`${url}/wall?lang=en`, 'wall_guest', password);
  await expect(wall.row(id)).toBeVisible();
  const n = await wall.list.locator('li').evaluateAll((all, id) => all.findIndex((row) => row.dataset.incident === id), id);
  await page.keyboard.press(String(n + 1));
  await expect(wall.tour).toHaveAttribute('data-at', id);
  await expect(page.locator('body')).not.toContainText('a word that no guest reads');
  await expect(wall.video).toHaveCount(0);
  expect(asked.filter((path) => /cameras|tickets|video/.test(path))).toEqual([]);
  expect(await wall.units()).toEqual([]);
  await dispatcher.command(id, { type: 'cancel', reason: 'end of the test' });
});
