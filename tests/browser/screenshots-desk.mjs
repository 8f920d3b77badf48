// Pictures of what stands beside the console's lists (ring of review, board, two windows, paper): docs/img/desk-*.png, or
// into the folder that is given; a second word takes only the pictures whose name holds it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { Console } from './console.mjs';
import { demo } from './server.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/img', import.meta.url));
const only = process.argv[3] ?? '';
const SEEN = '#map=14/28.01500/120.65550';
const SIZES = [
  ['zh-1080p', 'zh', { width: 1920, height: 1080 }],
  ['en-1080p', 'en', { width: 1920, height: 1080 }],
  ['zh-4k', 'zh', { width: 3840, height: 2160 }],
  ['en-768p', 'en', { width: 1366, height: 768 }],
];

/** Somebody is missing since a quarter of an hour. */
async function missing(page, url) {
  const at = new Date(Date.now() - 900_000).toISOString();
  const call = { kind: 'help', priority: 2, source: 'call_110', lon: 120.6555, lat: 28.015, text: '老人走失，红色外套', at };
  return (await (await page.request.post(`${url}/api/v1/incidents`, { data: call })).json()).id;
}

/** What is photographed: opens it on a console that has the incident chosen. */
const SCENES = {
  async ring(desk, page) {
    await desk.press('r');
    const ring = page.getByTestId('ring');
    const marks = ['taken', 'not_seen', 'seen', 'no_recording'];
    for (const [i, mark] of marks.entries()) {
      await ring.locator('[data-ring-camera]').nth(i).click();
      await page.waitForTimeout(600);
      await ring.locator(`[data-mark="${mark}"]`).click();
      await ring.locator(`[data-watched="${mark}"]`).first().waitFor();
    }
    await ring.locator('[data-ring-camera]').nth(4).click();
    await ring.evaluate((box) => box.scrollIntoView({ block: 'start' }));
  },
  async board(desk, page) {
    const kinds = ['traffic', 'dispute', 'fire_disaster', 'public_order', 'help', 'criminal'];
    for (let n = 0; n < 24; n += 1)
      await page.request.post(new URL('/api/v1/incidents', page.url()).href, {
        data: {
          kind: kinds[n % kinds.length],
          priority: 1 + ((n * 7) % 4),
          source: 'call_110',
          lon: 120.64 + (n % 6) * 0.006,
          lat: 28.0 + n * 0.0012,
          text: ['两车追尾', '邻里噪声', '厨房冒烟', '有人斗殴', '老人摔倒', '手机被抢'][n % kinds.length],
        },
      });
    await desk.press('b');
    await page.getByTestId('board').waitFor();
    await page.waitForTimeout(600);
    await page.keyboard.press('ArrowDown');
  },
  async windows(desk, page, name) {
    const [lists] = await Promise.all([page.context().waitForEvent('page'), desk.press('o')]);
    await lists.setViewportSize(page.viewportSize());
    await lists.getByTestId('ranked-units').locator('li[data-unit]').first().waitFor();
    await sleep(1_000);
    await lists.screenshot({ path: join(folder, `${name}-lists.png`) });
    await page.bringToFront();
  },
  async paper(desk, page, name) {
    await SCENES.ring(desk, page);
    await desk.press('1');
    await desk.orders.waitFor();
    await sleep(2_500);
    await page.pdf({ path: join(folder, `${name}.pdf`), format: 'A4', printBackground: false, preferCSSPageSize: true });
    const [kept] = await Promise.all([page.waitForEvent('download'), desk.press('Shift+P')]);
    await kept.saveAs(join(folder, `${name}-kept.png`));
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
  },
};

mkdirSync(folder, { recursive: true });
const { url, password, stop } = await demo();
const browser = await chromium.launch(launch);
try {
  for (const [size, lang, viewport] of SIZES)
    for (const [scene, set] of Object.entries(SCENES)) {
      const name = `desk-${scene}-${size}`;
      if (!name.includes(only)) continue;
      const page = await browser.newPage({ viewport });
      // A map of 4K that is drawn by software takes its time.
      page.setDefaultTimeout(120_000);
      page.on('pageerror', (error) => console.error('thrown:', error));
      const desk = new Console(page);
      await desk.enter(`${url}/dispatch?lang=${lang}${SEEN}`, 'dispatcher', password);
      const id = await missing(page, url);
      await desk.queue.locator(`[data-incident="${id}"]`).click();
      await desk.incident.waitFor();
      await set(desk, page, name);
      await sleep(2_500);
      await page.screenshot({ path: join(folder, `${name}.png`), fullPage: scene === 'paper' });
      console.log(name);
      await page.close();
    }
} finally {
  await browser.close();
  await stop();
}
