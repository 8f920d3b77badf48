import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Answer } from '../wire/client';
import { type Searched, type SearchItem, searchPath } from '../wire/search';
import { found, goTo, looked, makeFinder, PAUSE_MS, unpin, zoomFor } from './search';
import { move, spot } from './selection';

const item = (label: string, kind = 'place'): SearchItem => ({
  kind,
  id: label,
  label,
  label_zh: label,
  lon: 120.65,
  lat: 28.01,
  confidence: 0.9,
  match: 'prefix',
  reason: { code: 'prefix', text: '名称开头一致' },
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that answers when it is told to. */
function setup() {
  const asked: { text: string; answer: (answer: Answer<Searched>) => void }[] = [];
  const chosen: string[] = [];
  const finder = makeFinder({
    ask: (text) => new Promise((answer) => asked.push({ text, answer })),
    near: () => ({ lon: 120.65, lat: 28.01 }),
    chosen: ({ label }) => void chosen.push(label),
  });
  const ok = async (n: number, ...labels: string[]) => {
    asked[n]?.answer({ tag: 'ok', value: { items: labels.map((label) => item(label)), whole: true } });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { finder, asked, chosen, ok };
}

const pause = () => vi.advanceTimersByTimeAsync(PAUSE_MS);

it('asks once a pause, for what is typed by then', async () => {
  const { finder, asked } = setup();
  for (const text of ['o', 'ou', 'ouj']) finder.type(text);
  await pause();
  expect(asked.map(({ text }) => text)).toEqual(['ouj']);
});

it('an answer to what was typed before is not shown', async () => {
  const { finder, ok } = setup();
  finder.type('ou');
  await pause();
  finder.type('ouj');
  await pause();
  await ok(1, '瓯江大桥');
  await ok(0, '藕池');
  expect(finder.finding.get()).toMatchObject({ tag: 'found', text: 'ouj', items: [{ label: '瓯江大桥' }] });
});

it('what was found stays while the next is looked for', async () => {
  const { finder, ok } = setup();
  finder.type('ou');
  await pause();
  await ok(0, '瓯江大桥');
  finder.type('ouj');
  expect(finder.finding.get()).toMatchObject({ tag: 'asking', items: [{ label: '瓯江大桥' }] });
});

it('goes to the row that was stepped to', async () => {
  const { finder, chosen, ok } = setup();
  finder.type('rml');
  await pause();
  await ok(0, '人民路', '人民里');
  finder.step(1);
  finder.step(1);
  expect(finder.row.get()).toBe(1);
  finder.go();
  expect(chosen).toEqual(['人民里']);
  expect(finder.finding.get()).toEqual({ tag: 'nothing' });
});

it('an Enter before the answer goes to its first, not to what stood there before', async () => {
  const { finder, chosen, ok } = setup();
  finder.type('rm');
  await pause();
  await ok(0, '人民路');
  finder.type('rmy');
  finder.go();
  expect(chosen).toEqual([]);
  await pause();
  await ok(1, '人民医院');
  expect(chosen).toEqual(['人民医院']);
});

it('a further letter takes back an Enter that still waits', async () => {
  const { finder, chosen, ok } = setup();
  finder.type('rm');
  finder.go();
  finder.type('rmy');
  await pause();
  await ok(0, '人民医院');
  expect(chosen).toEqual([]);
});

it('says that it was refused, and asks again after trouble when Enter is pressed', async () => {
  const { finder, asked, chosen, ok } = setup();
  finder.type('13800000000');
  await pause();
  asked[0]?.answer({ tag: 'refused', status: 422, code: 'NOT-SEARCHED', detail: '不检索个人' });
  await vi.advanceTimersByTimeAsync(0);
  expect(finder.finding.get()).toMatchObject({ tag: 'refused', detail: '不检索个人' });
  finder.type('rml');
  await pause();
  asked[1]?.answer({ tag: 'failed', reason: 'network', status: 0 });
  await vi.advanceTimersByTimeAsync(0);
  expect(finder.finding.get()).toEqual({ tag: 'failed', text: 'rml' });
  finder.go();
  await ok(2, '人民路');
  expect(chosen).toEqual(['人民路']);
});

it('an empty field asks nothing', async () => {
  const { finder, asked } = setup();
  finder.type('ou');
  finder.type('  ');
  await pause();
  expect([asked.length, finder.finding.get()]).toEqual([0, { tag: 'nothing' }]);
});

it('the map flies to what was chosen and holds a pin until it is taken away', () => {
  goTo(item('五马街道', 'division'));
  expect(move.get()).toEqual({ tag: 'fly', to: { lon: 120.65, lat: 28.01 }, zoom: zoomFor('division') });
  expect([found.get()?.label, spot.get()]).toEqual(['五马街道', { lon: 120.65, lat: 28.01 }]);
  expect([unpin(), unpin(), found.get(), spot.get()]).toEqual([true, false, null, null]);
});

it('a pin that was looked at and went out of sight is taken away, one on the way to it is not', () => {
  goTo(item('瓯江大桥', 'road'));
  looked([121, 27, 121.1, 27.1]);
  expect(found.get()?.label).toBe('瓯江大桥');
  looked([120.6, 28, 120.7, 28.1]);
  expect(found.get()?.label).toBe('瓯江大桥');
  looked([121, 27, 121.1, 27.1]);
  expect([found.get(), spot.get()]).toEqual([null, null]);
});

it('the path carries what was typed, whatever it holds', () =>
  expect(searchPath('人民路&解放路', { lon: 120.65, lat: 28 }, 8)).toBe(
    '/api/v1/search?q=%E4%BA%BA%E6%B0%91%E8%B7%AF%26%E8%A7%A3%E6%94%BE%E8%B7%AF&limit=8&lon=120.650000&lat=28.000000',
  ));
