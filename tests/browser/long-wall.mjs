/**
 * What is left of the wall's memory after hours: 20 minutes with the page's clock and its data 60 times as fast, so 20
 * hours. Its figures go into target/scenarios.tsv, as those of all long runs.
 *
 *   node long-wall.mjs             20 minutes
 *   node long-wall.mjs control     three minutes with a leak that is planted: it must be found
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, request } from '@playwright/test';
import { chromium as launch } from './chromium.mjs';
import { runFast } from './fast.mjs';
import { demo } from './server.mjs';
import { seat, Wall } from './wall.mjs';

const PACE = 60;
/** Megabytes an hour: what a wall may gain after its first hour, and what the control plants. */
const [LIMIT_MB_H, LEAK_MB_H] = [2, 30];
const PEAK_MB = 900;
const SAMPLE_MS = 15_000;
/** The first hour is the page's own: everything is fetched and drawn for the first time. */
const WARM_MS = 60_000;
/** A call each two minutes of the wall's clock, over after twenty. */
const [CALL_MS, OVER_MS] = [2_000, 20_000];
const KINDS = ['criminal', 'public_order', 'traffic', 'fire_disaster', 'help'];

const control = process.argv[2] === 'control';
const run_ms = Number(process.env.LONG_WALL_MINUTES ?? (control ? 3 : 20)) * 60_000;
const table = fileURLToPath(new URL('../../target/scenarios.tsv', import.meta.url));

/** Calls come and end, and now and then a desk puts something on the wall. Ends when `until` is past. */
async function city(url, password, until) {
  const asks = await request.newContext();
  const desk = await seat(asks, url, 'dispatcher', password);
  const open = [];
  let calls = 0;
  for (; Date.now() < until; calls += 1) {
    const at = { lon: 120.655 + 0.004 * (calls % 7), lat: 28.005 + 0.003 * (calls % 5) };
    const text = `call ${calls}, somebody says what has happened and where`;
    const { id } = await desk.call({ kind: KINDS[calls % 5], priority: 1 + (calls % 3), text, ...at });
    open.push({ id, over: Date.now() + OVER_MS });
    if (calls % 30 === 10) await desk.show('1', { view: { ...at, zoom: 14 }, incident: id });
    if (calls % 30 === 13) await desk.takeBack('1');
    while (open[0] && open[0].over < Date.now()) await desk.command(open.shift().id, { type: 'cancel', reason: 'the long run' });
    await sleep(CALL_MS);
  }
  await asks.dispose();
  return calls;
}

/** Megabytes that the page holds once everything that nobody holds is gone: objects, what the browser keeps for them, buffers. */
async function heldMb(cdp) {
  for (let n = 0; n < 2; n += 1) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await cdp.send('Runtime.getHeapUsage');
  return (usedSize + embedderHeapUsedSize + backingStorageSize) / 1e6;
}

/** Resident memory of the page's process. */
async function residentMb(browser) {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  await cdp.detach();
  const all = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8')));
  return Math.max(...all.map((found) => Number(found?.[1] ?? 0))) / 1000;
}

/** The slope of the straight line through points, by least squares. */
function slope(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((p) => p.hours), mean((p) => p.held_mb)];
  return mean((p) => (p.hours - x) * (p.held_mb - y)) / mean((p) => (p.hours - x) ** 2);
}

function row(scenario, what, value, limit, holds) {
  const line = [scenario, 'sqlite', what, typeof value === 'number' ? String(Number(value.toFixed(2))) : value, limit, holds ? 'pass' : 'FAIL'].join('\t');
  appendFileSync(table, `${line}\n`);
  console.log(line);
}

const { url, password, stop } = await demo();
const browser = await chromium.launch(launch);
const points = [];
let [peak_mb, stops, thrown, calls] = [0, 0, 0, 0];
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  page.on('pageerror', (error) => {
    thrown += 1;
    console.error('thrown:', error);
  });
  await page.addInitScript(runFast, { pace: PACE, leak_mb_h: control ? LEAK_MB_H : 0 });
  const wall = new Wall(page);
  await wall.enter(`${url}/wall?lang=zh&wall=1&heat=90`, 'wall', password);
  // Stops as they are shown.
  await page.evaluate(() => {
    window.__fast.stops = 0;
    let at = '';
    new MutationObserver(() => {
      const now = document.querySelector('[data-testid="wall-tour"]')?.dataset.at ?? at;
      if (now !== at) window.__fast.stops += 1;
      at = now;
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-at'] });
  });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.enable');
  const until = Date.now() + run_ms;
  const living = city(url, password, until);
  for (const begun = Date.now(); Date.now() < until; ) {
    await sleep(SAMPLE_MS);
    const held_mb = await heldMb(cdp);
    peak_mb = Math.max(peak_mb, await residentMb(browser));
    const hours = await page.evaluate(() => window.__fast.hours());
    const { nodes } = await cdp.send('Memory.getDOMCounters');
    const { ticks, messages } = await page.evaluate(() => window.__fast.told);
    console.log(`${hours.toFixed(2)} h  ${held_mb.toFixed(2)} MB  ${nodes} nodes  ${ticks} moves  ${messages} messages`);
    if (Date.now() - begun >= WARM_MS) points.push({ hours, held_mb });
  }
  calls = await living;
  const told = await page.evaluate(() => ({ ...window.__fast.told, stops: window.__fast.stops, hours: window.__fast.hours() }));
  stops = told.stops;
  const gained = slope(points);
  if (control) {
    // A leak is found when it is clearly more than what may be gained, and of about its own size.
    const found = gained > 5 * LIMIT_MB_H && Math.abs(gained - LEAK_MB_H) < LEAK_MB_H / 2;
    row('control long_wall', `${LEAK_MB_H} MB/h are kept (measured ${gained.toFixed(1)})`, found ? 'red' : 'green', '= red', found);
  } else {
    row('long_wall', 'memory gained after forced GC, MB an hour of the wall', gained, `≤ ${LIMIT_MB_H}`, gained <= LIMIT_MB_H);
    row('long_wall', "resident memory of the page's process at most, MB", peak_mb, `≤ ${PEAK_MB}`, peak_mb <= PEAK_MB);
    row('long_wall', 'hours of the wall', told.hours, '-', true);
    row('long_wall', 'moves of all units, a second of the wall', told.ticks / (told.hours * 3600), '≥ 0.5', told.ticks / (told.hours * 3600) >= 0.5);
    row('long_wall', 'calls, each of which ended', calls, '≥ 250', calls >= 250);
    row('long_wall', 'stops that were shown', stops, '≥ 500', stops >= 500);
    row('long_wall', 'WebGL contexts', told.contexts, '= 1', told.contexts === 1);
    row('long_wall', 'errors thrown in the page', thrown, '= 0', thrown === 0);
  }
} finally {
  await browser.close();
  await stop();
}
