// What stands beside the console's lists: the ring of review, the board, two windows, and paper without a server.
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { PNG } from 'pngjs';
import { alone } from './alone.mjs';
import { Console } from './console.mjs';
import { colours, VIEW } from './screen.mjs';

const PLACE = { lon: 120.6555, lat: 28.015 };

test('recordings are shared out, a full desk is looked over, and two windows and a sheet of paper show the same', async ({ page }) => {
  // Two windows, one of which draws its map by software, on one small machine.
  test.setTimeout(360_000);
  const url = process.env.ONEMAP_URL;
  const trouble = await alone(page, url);
  const desk = new Console(page);
  const ring = page.getByTestId('ring');
  const board = page.getByTestId('board');
  const call = async (more) => {
    const data = { kind: 'help', priority: 2, source: 'call_110', ...PLACE, ...more };
    return (await (await page.request.post(`${url}/api/v1/incidents`, { data })).json()).id;
  };
  const choose = async (id) => {
    await desk.queue.locator(`[data-incident="${id}"]`).click();
    await expect(desk.incident).toHaveAttribute('data-id', id);
  };

  let id;
  await test.step('R lists the cameras on the way of somebody who was last seen, and draws the ring', async () => {
    await desk.enter(`${url}/dispatch?lang=zh${VIEW}`, 'dispatcher', process.env.ONEMAP_DEMO_PASSWORD);
    id = await call({ text: '老人走失', at: new Date(Date.now() - 900_000).toISOString() });
    await choose(id);
    await desk.press('r');
    await expect.poll(() => ring.locator('[data-ring-camera]').count()).toBeGreaterThan(5);
    await expect(ring.locator('input'), 'nobody is looked for by what he looks like').toHaveCount(0);
    const drawn = await desk.drawn();
    expect(drawn.review).toBeGreaterThan(5);
    await expect.poll(async () => (await desk.drawn()).reach).toBe(2);
  });

  await test.step('a recording is taken and marked by keys alone, and the server knows', async () => {
    const rows = ring.locator('[data-ring-camera]');
    const [first, second] = [await rows.nth(0).getAttribute('data-ring-camera'), await rows.nth(1).getAttribute('data-ring-camera')];
    await rows.nth(0).focus();
    await desk.press('Enter');
    await page.keyboard.press('Tab');
    await desk.press('Enter');
    await expect(rows.nth(0)).toHaveAttribute('data-watched', 'taken');
    await rows.nth(0).focus();
    await page.keyboard.press('ArrowDown');
    await expect(rows.nth(1)).toBeFocused();
    await desk.press('Enter');
    await ring.locator('[data-mark="not_seen"]').click();
    await expect(rows.nth(1)).toHaveAttribute('data-watched', 'not_seen');
    await expect(desk.timeline.locator('[data-kind="recording.watched"]')).toHaveCount(2);
    await ring.locator('[data-ring-tab="mine"]').click();
    await expect(rows.first()).toHaveAttribute('data-ring-camera', first);
    const { cameras } = await (await page.request.get(`${url}/api/v1/incidents/${id}/review`)).json();
    const word = (camera) => cameras.find((one) => one.camera === camera).recording;
    expect([word(first), word(second)]).toMatchObject([
      { watched: 'taken', by: 'dispatcher' },
      { watched: 'not_seen', by: 'dispatcher' },
    ]);
    await desk.press('r');
    await expect.poll(async () => (await desk.drawn()).review).toBe(0);
  });

  await test.step('with more than twelve open the board stands over them; a key goes to one', async () => {
    for (let n = 0; n < 13; n += 1) await call({ kind: 'traffic', priority: 3, lon: PLACE.lon + n / 2000, text: `${n}` });
    await expect(page.getByTestId('to-board')).toBeVisible();
    await desk.press('b');
    await expect(board.locator(`[data-card="${id}"]`)).toBeFocused();
    await page.keyboard.press('ArrowDown');
    const next = await page.evaluate(() => document.activeElement.dataset.card);
    expect(next).not.toBe(id);
    await desk.press('Enter');
    await expect(board).toHaveCount(0);
    await expect(desk.incident).toHaveAttribute('data-id', next);
    await desk.press('b');
    await page.keyboard.press('Escape');
    await expect(board).toHaveCount(0);
    await choose(id);
  });

  await test.step('the lists go to a window of their own, and both show what one of them chooses', async () => {
    const [lists] = await Promise.all([page.context().waitForEvent('page'), desk.press('o')]);
    const second = new Console(lists);
    await expect(second.incident).toHaveAttribute('data-id', id);
    await expect(lists.locator('canvas')).toHaveCount(0);
    await expect(desk.queue).toHaveCount(0);
    await expect(desk.incident).toHaveAttribute('data-id', id);

    const asked = [];
    page.on('request', (request) => request.method() === 'POST' && /\/commands$/.test(request.url()) && asked.push(request.url()));
    await page.bringToFront();
    await desk.press('1');
    await expect(desk.notice).toBeVisible();
    expect(asked, 'what the map window does not show it does not send').toEqual([]);

    const cards = lists.locator('[data-card]');
    const ids = await cards.evaluateAll((all) => all.map((card) => card.dataset.card));
    const [one, other] = ids.filter((card) => card !== id);
    await lists.locator(`[data-card="${one}"]`).click();
    await expect(desk.incident).toHaveAttribute('data-id', one);
    await expect(second.units.locator('li[data-unit]').first()).toBeVisible();

    await lists.getByTestId('windows-linked').click();
    await lists.locator(`[data-card="${other}"]`).click();
    await expect(second.incident).toHaveAttribute('data-id', other);
    await expect(desk.incident).toHaveAttribute('data-id', one);
    await lists.getByTestId('windows-linked').click();
    await expect(second.incident).toHaveAttribute('data-id', one);

    await lists.close();
    await expect(desk.queue).toBeVisible();
    await choose(id);
  });

  await test.step('without a link incident and picture still go to paper and into a file, with time and source', async () => {
    await desk.settle();
    await page.context().setOffline(true);
    await expect(desk.link).toHaveClass(/amber|red/, { timeout: 40_000 });
    await page.evaluate(() => {
      window.print = () => window.dispatchEvent(new Event('beforeprint'));
    });
    await desk.press('p');
    const sheet = page.getByTestId('sheet');
    await expect(sheet).toContainText(id);
    await expect(sheet).toContainText('老人走失');
    await expect(sheet).toContainText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    await expect(sheet).toContainText(new URL(url).host);
    await expect(sheet).toContainText('已断线');
    await expect(sheet.getByTestId('sheet-timeline')).toContainText('回看录像');
    const printed = await sheet.locator('canvas').evaluate((canvas) => canvas.toDataURL('image/png').split(',')[1]);
    expect(colours(PNG.sync.read(Buffer.from(printed, 'base64'))).number).toBeGreaterThan(20);
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    await expect(sheet).toHaveCount(0);

    const [kept] = await Promise.all([page.waitForEvent('download'), desk.press('Shift+P')]);
    expect(kept.suggestedFilename()).toMatch(new RegExp(`^onemap-\\d{8}-\\d{6}-${id}\\.png$`));
    const picture = PNG.sync.read(readFileSync(await kept.path()));
    const box = await desk.canvas.boundingBox();
    expect(picture.height, 'lines of words below the map').toBeGreaterThan(box.height * (picture.width / box.width));
    expect(colours(picture).number).toBeGreaterThan(20);
    await page.context().setOffline(false);
  });

  expect(trouble).toEqual({ elsewhere: [], broken: [], thrown: [] });
});
