// Pictures of the dispatch console: docs/img/console-*.png, or into the folder that is given.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { Console } from './console.mjs';
import { VIEW } from './screen.mjs';
import { demo } from './server.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/img', import.meta.url));
const ONLY = process.argv[3];
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
    await desk.enter(`${url}/dispatch?lang=${lang}${VIEW}`, 'dispatcher', password);
    await desk.clickMap();
    await page.keyboard.type(lang === 'zh' ? '桥下两人持械 !1' : 'two men with knives below the bridge !1');
    await page.screenshot({ path: join(folder, `console-draft-${lang}-${size}.png`) });
    await desk.press('Enter');
    await desk.incident.waitFor();
    await sleep(1_500);
    await page.keyboard.press('1');
    await sleep(1_000);
    await page.keyboard.press('F1');
    await sleep(2_500);
    await desk.settle();
    await page.screenshot({ path: join(folder, `console-${lang}-${size}.png`) });
    await page.keyboard.press('u');
    console.log(lang, size);
    await page.close();
  }
} finally {
  await browser.close();
  await stop();
}
