// Pictures of the dispatch console: docs/img/console-*.png, or into the folder that is given.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { Console } from './console.mjs';
import { demo } from './server.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/img', import.meta.url));
const ONLY = process.argv[3];
/** A crossing of the demo city that cameras see. */
const SEEN = '#map=15/28.02298/120.65953';
const SHOTS = [
  ['zh', '1080p', { width: 1920, height: 1080 }],
  ['en', '1080p', { width: 1920, height: 1080 }],
  ['zh', '4k', { width: 3840, height: 2160 }],
  ['en', '768p', { width: 1366, height: 768 }],
];

mkdirSync(folder, { recursive: true });
const { url, password, stop } = await demo();
const browser = await chromium.launch(launch);
try {
  for (const [lang, size, viewport] of SHOTS) {
    if (ONLY && ONLY !== `${lang}-${size}`) continue;
    const page = await browser.newPage({ viewport });
    page.on('pageerror', (error) => console.error('thrown:', error));
    page.on('console', (said) => ['error', 'warning'].includes(said.type()) && console.error(said.type(), said.text()));
    const desk = new Console(page);
    await desk.enter(`${url}/dispatch?lang=${lang}${SEEN}`, 'dispatcher', password);
    await page.keyboard.press('n');
    await desk.draftText.waitFor();
    await page.keyboard.type(lang === 'zh' ? '桥下两人持械斗殴 !1/刑事 ' : 'two men with knives below the bridge !1/criminal ');
    await page.screenshot({ path: join(folder, `console-draft-${lang}-${size}.png`) });
    await desk.press('Enter');
    await desk.incident.waitFor();
    await sleep(1_500);
    await desk.press('1');
    await desk.orders.waitFor();
    await desk.press('v');
    await page.keyboard.press('F1');
    await sleep(3_000);
    await page.screenshot({ path: join(folder, `console-${lang}-${size}.png`) });
    console.log(lang, size);
    await page.close();
  }
} finally {
  await browser.close();
  await stop();
}
