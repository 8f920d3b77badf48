// Pictures for the README: docs/img/*.png, each at 1920x1080 and 3840x2160, in Chinese and English.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { Screen, VIEW } from './screen.mjs';
import { demo } from './server.mjs';

const folder = fileURLToPath(new URL('../../docs/img', import.meta.url));
const SIZES = { '1080p': { width: 1920, height: 1080 }, '4k': { width: 3840, height: 2160 } };
const PLACES = { city: '', street: VIEW };

mkdirSync(folder, { recursive: true });
const { url, password, stop } = await demo();
const browser = await chromium.launch(launch);
try {
  for (const [size, viewport] of Object.entries(SIZES))
    for (const lang of ['zh', 'en'])
      for (const [place, view] of Object.entries(PLACES)) {
        const page = await browser.newPage({ viewport });
        const screen = new Screen(page);
        await screen.open(`${url}/?lang=${lang}${view}`);
        await screen.login('lead', password);
        await screen.settle();
        if (place === 'street') await screen.clickGround();
        // Units come with the first ticks of the socket, the outline of people with the answer.
        await sleep(3_000);
        await screen.settle();
        const file = join(folder, `${place}-${lang}-${size}.png`);
        await page.screenshot({ path: file });
        console.log(file);
        await page.close();
      }
} finally {
  await browser.close();
  await stop();
}
