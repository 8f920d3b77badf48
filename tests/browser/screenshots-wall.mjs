// Pictures of the wall: docs/img/wall-zh-4k.png, or all of them into the folder that is given.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, request } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { demo } from './server.mjs';
import { seat, Wall } from './wall.mjs';

const given = process.argv[2];
const folder = given ?? fileURLToPath(new URL('../../docs/img', import.meta.url));
const SIZES = { '1080p': { width: 1920, height: 1080 }, '4k': { width: 3840, height: 2160 } };
const WORDS = {
  zh: ['桥下两人持械斗殴，一人受伤', '商铺门口多人争吵', '两车相撞，占用一条车道', '居民楼五层冒烟，楼内有人', '老人走失，穿灰色外套'],
  en: ['two men with knives below the bridge, one hurt', 'quarrel in front of a shop', 'two cars have collided, one lane is blocked', 'smoke on the fifth floor, people inside', 'an old man is missing, grey coat'],
};
const KINDS = ['criminal', 'public_order', 'traffic', 'fire_disaster', 'help'];
/** A crossing of the demo city that cameras see, and places around it. */
const SEEN = { lon: 120.65953, lat: 28.02298 };

mkdirSync(folder, { recursive: true });
const { url, password, stop } = await demo();
const browser = await chromium.launch(launch);
const asks = await request.newContext();
try {
  for (const lang of given ? ['zh', 'en'] : ['zh'])
    for (const size of given ? Object.keys(SIZES) : ['4k']) {
      const desk = await seat(asks, url, 'dispatcher', password);
      const made = [];
      for (let n = 1; n < 11; n += 1) {
        const at = { lon: SEEN.lon + 0.004 * ((n % 5) - 2), lat: SEEN.lat + 0.003 * ((n % 4) - 1.5) };
        made.push(await desk.call({ kind: KINDS[n % 5], priority: 1 + (n % 3) + Number(n % 3 === 0), text: WORDS[lang][n % 5], ...at }));
      }
      const page = await browser.newPage({ viewport: SIZES[size] });
      page.on('pageerror', (error) => console.error('thrown:', error));
      const wall = new Wall(page);
      await wall.enter(`${url}/wall?lang=${lang}`, 'wall', password);
      if (given) await page.screenshot({ timeout: 120_000, path: join(folder, `wall-city-${lang}-${size}.png`) });
      const urgent = await desk.call({ kind: 'criminal', priority: 1, text: WORDS[lang][0], ...SEEN });
      made.push(urgent);
      await page.locator(`[data-testid="wall-break"][data-incident="${urgent.id}"]`).waitFor({ timeout: 60_000 });
      await wall.video.waitFor();
      await wall.settle();
      await sleep(3_000);
      await page.screenshot({ timeout: 120_000, path: join(folder, `wall-${lang}-${size}.png`) });
      if (given) {
        await page.keyboard.press('a');
        await page.keyboard.press('c');
        await sleep(3_000);
        await page.screenshot({ timeout: 120_000, path: join(folder, `wall-curtain-${lang}-${size}.png`) });
      }
      console.log(lang, size);
      await page.close();
      for (const { id } of made) await desk.command(id, { type: 'cancel', reason: 'pictures are taken' });
    }
} finally {
  await asks.dispose();
  await browser.close();
  await stop();
}
