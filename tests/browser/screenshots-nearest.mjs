// The picture of docs/nearest.md: docs/img/nearest-*.png, or into the folder that is given. What the page says is in it
// must be in it: an incident, cones, a blocked camera, ways by road and what a choice leaves uncovered.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { Console } from './console.mjs';
import { demo } from './server.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/img', import.meta.url));
/** Where the search for a place begins: a crossing of the demo city with cameras about it. */
const START = { lon: 120.65953, lat: 28.02298 };
/** What a console shows of the ground about an incident, degrees to each side. */
const SHOWN = { lon: 0.008, lat: 0.006 };

mkdirSync(folder, { recursive: true });
const { url, password, stop } = await demo();

/** Asks the server as a user. */
async function client(user) {
  const ask = async (method, path, body) => {
    const answer = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  let token;
  token = (await ask('POST', '/api/v1/session', { user, password })).token;
  return ask;
}

const lead = await client('lead');
const call = ({ lon, lat }) => ({ kind: 'criminal', priority: 1, source: 'call_110', lon, lat, text: 'a place that is tried' });
const command = (id, type, more) =>
  lead('POST', `/api/v1/incidents/${id}/commands`, { command_id: crypto.randomUUID(), type, ...more });

/** A place that one of the first four cameras sees and that a building hides from another. */
async function place() {
  for (let ring = 0; ring < 12; ring += 1) {
    for (let step = 0; step < Math.max(1, 8 * ring); step += 1) {
      const turn = (step / Math.max(1, 8 * ring)) * 2 * Math.PI;
      const at = { lon: START.lon + ring * 4e-4 * Math.cos(turn), lat: START.lat + ring * 4e-4 * Math.sin(turn) };
      const made = await lead('POST', '/api/v1/incidents', call(at));
      await command(made.id, 'cancel', { reason: 'a place that was tried' });
      const first = (made.cameras?.items ?? []).slice(0, 4).filter(({ online }) => online !== false);
      const has = (sees) => first.some((camera) => camera.sees === sees && camera.distance_m > 20);
      if (has('yes') && has('blocked')) return at;
    }
  }
  throw new Error('no place near the start is seen by one camera and hidden from another');
}

/** The share of what is shown that a choice would leave: a lattice of points against the rings, in or out by turns. */
function bare(at, leaves) {
  const rings = (leaves ?? []).flatMap(({ area }) => (area?.coordinates ?? []).flat());
  const within = (x, y) =>
    rings.reduce((odd, ring) => {
      for (let n = 1; n < ring.length; n += 1) {
        const [[ax, ay], [bx, by]] = [ring[n - 1], ring[n]];
        if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
      }
      return odd;
    }, false);
  let inside = 0;
  for (let n = 0; n < 400; n += 1) {
    const [dx, dy] = [((n % 20) - 9.5) / 9.5, (Math.floor(n / 20) - 9.5) / 9.5];
    inside += within(at.lon + dx * SHOWN.lon, at.lat + dy * SHOWN.lat) ? 1 : 0;
  }
  return inside / 400;
}

/** Sends police home until a choice leaves a part of what is shown, and not all of it: those who are first at a place stay, and
 * one who is farther off. */
async function thinOut(at) {
  const ranked = async (k) => {
    const made = await lead('POST', '/api/v1/incidents', call(at));
    const found = await lead('GET', `/api/v1/incidents/${made.id}/units?k=${k}`);
    await command(made.id, 'cancel', { reason: 'a place that was tried' });
    return found;
  };
  const duty = ({ id, kind, call_sign, org, division, skills, contact }, to) =>
    lead('PUT', `/api/v1/units/${id}`, { id, kind, call_sign, org, division, skills, contact, duty: to });
  const listed = (await ranked(50)).items.map(({ unit }) => unit);
  const { units } = await lead('GET', '/api/v1/units');
  const police = units.filter(({ kind, duty: is }) => kind.startsWith('police_') && is === 'on_duty');
  const first = new Set(listed.slice(0, 2));
  for (const unit of police.filter(({ id }) => !first.has(id))) await duty(unit, 'off_duty');
  for (const n of [13, 14, 15, 12, 11, 10, 16, 9, 18, 20, 8]) {
    const third = police.find(({ id }) => id === listed[n]);
    if (third === undefined) continue;
    await duty(third, 'on_duty');
    // Who stands by is reckoned beside everything else: seconds later it knows who is there.
    await sleep(15_000);
    const share = bare(at, (await ranked(5)).leaves);
    console.log(`with number ${n} of the list ${Math.round(100 * share)} % of what is shown are left`);
    if (share > 0.05 && share < 0.7) return;
    await duty(third, 'off_duty');
  }
  throw new Error('no choice leaves a part of what is shown');
}

let browser;
try {
  const at = await place();
  console.log('at', at);
  await thinOut(at);
  browser = await chromium.launch(launch);
  for (const lang of ['zh', 'en']) {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    page.on('pageerror', (error) => console.error('thrown:', error));
    page.on('console', (said) => ['error', 'warning'].includes(said.type()) && console.error(said.type(), said.text()));
    const desk = new Console(page);
    await desk.enter(`${url}/dispatch?lang=${lang}#map=15/${at.lat}/${at.lon}`, 'dispatcher', password);
    await page.keyboard.press('n');
    await desk.draftText.waitFor();
    await page.keyboard.type(lang === 'zh' ? '桥下两人持械斗殴 !1/刑事 ' : 'two men with knives below the bridge !1/criminal ');
    await desk.press('Enter');
    await desk.incident.waitFor();
    await page.getByTestId('leaves').first().waitFor({ timeout: 60_000 });
    await sleep(1_500);
    const seen = desk.cameras.locator('[data-camera][data-sees="yes"]').first();
    await seen.click();
    await desk.cameras.locator('[data-camera][data-sees="blocked"]').first().waitFor();
    await sleep(3_000);
    const drawn = await desk.drawn();
    for (const part of ['incident', 'cone', 'sight', 'view', 'route', 'left']) {
      if (!(drawn[part] > 0)) throw new Error(`the picture has no ${part}: ${JSON.stringify(drawn)}`);
    }
    await page.screenshot({ path: join(folder, `nearest-${lang}-1080p.png`) });
    console.log(lang, JSON.stringify(drawn));
    const id = await desk.incident.getAttribute('data-id');
    await command(id, 'cancel', { reason: 'its picture was taken' });
    await page.close();
  }
} finally {
  await browser?.close();
  await stop();
}
