// Pictures of the page for units in the field: docs/img/unit-*.png, or into the folder that is given.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, request } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { demo } from './server.mjs';
import { deskOf, PHONE, Unit } from './unit.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/img', import.meta.url));
const TEXT = {
  zh: '五马街口有人打架，两人受轻伤，报警人在药店门口等候',
  en: 'A fight at the corner, two slightly hurt; the caller waits at the pharmacy',
};

mkdirSync(folder, { recursive: true });
const { url, password, stop } = await demo();
const browser = await chromium.launch(launch);
try {
  const desk = await deskOf({ request }, url, 'dispatcher', password);
  const crew = await deskOf({ request }, url, 'unit', password);
  const { unit: id } = await crew.get('/api/v1/session');
  for (const lang of ['zh', 'en']) {
    const me = await desk.get(`/api/v1/units/${id}`);
    const context = await browser.newContext({
      ...PHONE,
      timezoneId: 'Asia/Shanghai',
      geolocation: { longitude: me.lon, latitude: me.lat, accuracy: 8 },
      permissions: ['geolocation', 'screen-wake-lock'],
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error('thrown:', error));
    const unit = new Unit(page);
    await unit.enter(url, lang, password);
    const place = { lon: me.lon + 0.006, lat: me.lat + 0.003, accuracy_m: 25 };
    const incident = await desk.report({ kind: 'public_order', priority: 2, ...place, text: TEXT[lang] });
    await desk.assign(incident.id, id);
    await unit.order.waitFor();
    await unit.share.click();
    await unit.step.click();
    await unit.answered.waitFor();
    await sleep(6_000);
    await page.screenshot({ path: join(folder, `unit-${lang}-390.png`) });
    await context.setOffline(true);
    await unit.step.click();
    await unit.waiting.waitFor();
    await sleep(1_000);
    await page.screenshot({ path: join(folder, `unit-offline-${lang}-390.png`) });
    await context.setOffline(false);
    await unit.waiting.waitFor({ state: 'detached' });
    await unit.step.click();
    await unit.hold(unit.step, 1_400);
    await desk.command(incident.id, { type: 'feedback', text: 'done', disposition: 'settled' });
    await crew.command(incident.id, { type: 'note', text: 'end' });
    await context.close();
  }
} finally {
  await browser.close();
  await stop();
}
