// Pictures of the planner's page: docs/img/plan-*.png, or into the folder that is given.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { Screen } from './screen.mjs';
import { demo } from './server.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/img', import.meta.url));
const ONLY = process.argv[3];
const SHOTS = [
  ['zh', '1080p', { width: 1920, height: 1080 }, 12.6],
  ['en', '1080p', { width: 1920, height: 1080 }, 12.6],
  ['en', '4k', { width: 3840, height: 2160 }, 13.6],
];
/** A map of this size is slow where software draws it. */
const SLOW = { timeout: 120_000 };

mkdirSync(folder, { recursive: true });
const { url, password, stop } = await demo();
const browser = await chromium.launch(launch);
try {
  for (const [lang, size, viewport, zoom] of SHOTS) {
    if (ONLY && ONLY !== `${lang}-${size}`) continue;
    const page = await browser.newPage({ viewport });
    page.on('pageerror', (error) => console.error('thrown:', error));
    const screen = new Screen(page);
    await screen.open(`${url}/plan?lang=${lang}#map=${zoom}/28.003/120.675`);
    await screen.login('planner', password);
    await screen.settle();
    await page.locator('[data-kind="police_motorcycle"]').click();
    await page.getByTestId('sites-from').selectOption('posts');
    await page.getByTestId('sites-n').fill('3');
    await page.getByTestId('sites-go').click();
    await page.getByTestId('sites-units').click();
    await page.getByTestId('difference').waitFor();
    const box = await screen.canvas.first().boundingBox();
    await page.locator('[data-mode="close"]').click();
    await page.mouse.click(box.x + box.width * 0.42, box.y + box.height * 0.42);
    await page.mouse.click(box.x + box.width * 0.46, box.y + box.height * 0.5);
    await page.locator('[data-closed="0"]').waitFor();
    await page.getByTestId('compare').click(SLOW);
    await page.locator('.stage.b canvas').waitFor(SLOW);
    await sleep(size === '4k' ? 30_000 : 6_000);
    await page.screenshot({ path: join(folder, `plan-${lang}-${size}.png`), ...SLOW });
    console.log(lang, size);
    await page.close();
  }
} finally {
  await browser.close();
  await stop();
}
