import { beforeEach, expect, it, vi } from 'vitest';
import type { Answer } from '../wire/client';
import type { Heat, HeatAsk } from '../wire/heat';
import { cell } from './cell';
import {
  type HeatNow,
  heat,
  heatDays,
  heatFrom,
  heatOn,
  heatTooNear,
  keepHeat,
  perKm2,
  picturesOf,
  readHeat,
  writeHeat,
} from './heat';

const NOON_MS = Date.parse('2026-11-27T12:00:00Z');
const told = (n: number, to = '2026-11-26') =>
  ({ n, to, tiles: ['/heat/incidents/{z}/{x}/{y}.png'] }) as unknown as Heat;

/** A server that answers when it is told to, and what it was asked. */
function rig() {
  const asked: HeatAsk[] = [];
  const answers: ((answer: Answer<Heat>) => void)[] = [];
  const theme = cell('dark');
  const session = cell({ tag: 'in' });
  const ask = (question: HeatAsk) => {
    asked.push(question);
    return new Promise<Answer<Heat>>((answer) => answers.push(answer));
  };
  keepHeat({ ask, theme, session, now_ms: () => NOON_MS });
  const answer = async (said: Answer<Heat>, to = answers.length - 1) => {
    answers[to]?.(said);
    await Promise.resolve();
  };
  return { asked, theme, session, answer };
}
const ok = (value: Heat): Answer<Heat> => ({ tag: 'ok', value });
const nobody: Answer<Heat> = { tag: 'failed', reason: 'network', status: 0 };

beforeEach(() => {
  vi.useFakeTimers();
  heatOn.set(false);
  heatDays.set(90);
  heatFrom({ zoom: 12 });
});

it('nothing is asked before it is wanted, and nothing without a login', () => {
  const { asked, session } = rig();
  expect(asked).toEqual([]);
  session.set({ tag: 'out' });
  heatOn.set(true);
  expect(asked).toEqual([]);
  session.set({ tag: 'in' });
  expect(asked).toHaveLength(1);
});

it('the first of ninety days is a moment of that day, whatever clock the city has', () => {
  const { asked } = rig();
  heatOn.set(true);
  expect(asked).toEqual([{ theme: 'dark', radius_m: 500, from: '2026-08-29T12:00:00.000Z' }]);
  heatDays.set(null);
  expect(asked[1]?.from).toBe(null);
});

it('the whole city is seen in larger patches; near streets there is no heat', () => {
  const { asked } = rig();
  heatOn.set(true);
  heatFrom({ zoom: 10.9 });
  expect(asked.at(-1)?.radius_m).toBe(2000);
  heatFrom({ zoom: 9.6 });
  expect(asked).toHaveLength(2);
  heatFrom({ zoom: 9.4 });
  expect(asked.at(-1)?.radius_m).toBe(5000);
  heatFrom({ zoom: 14.9 });
  expect([asked.at(-1)?.radius_m, heatTooNear.get()]).toEqual([500, false]);
  heatFrom({ zoom: 15 });
  expect(heatTooNear.get()).toBe(true);
});

it('an answer to an older question is not shown', async () => {
  const { theme, answer } = rig();
  heatOn.set(true);
  theme.set('light');
  await answer(ok(told(3)), 0);
  expect(heat.get()).toEqual({ tag: 'asking' });
  await answer(ok(told(5)), 1);
  expect(heat.get()).toMatchObject({ tag: 'told', heat: { n: 5 }, late: false });
});

it('it is asked again each hour; unanswered it stays, says so, and is asked for sooner', async () => {
  const { asked, answer } = rig();
  heatOn.set(true);
  await answer(ok(told(5)));
  vi.advanceTimersByTime(59 * 60_000);
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(60_000);
  expect(asked).toHaveLength(2);
  await answer(nobody);
  expect(heat.get()).toMatchObject({ tag: 'told', heat: { n: 5 }, late: true });
  vi.advanceTimersByTime(30_000);
  expect(asked).toHaveLength(3);
  await answer(ok(told(6)));
  expect(heat.get()).toMatchObject({ tag: 'told', heat: { n: 6 }, late: false });
});

it('what was never told has failed; what is refused is not asked again', async () => {
  const { asked, answer } = rig();
  heatOn.set(true);
  await answer(nobody);
  expect(heat.get()).toEqual({ tag: 'failed' });
  vi.advanceTimersByTime(30_000);
  await answer({ tag: 'refused', status: 403, code: 'AUTH', detail: 'not for you' });
  expect(heat.get()).toEqual({ tag: 'refused', detail: 'not for you' });
  vi.advanceTimersByTime(24 * 60 * 60_000);
  expect(asked).toHaveLength(2);
});

it('switched off it is not asked for, and a late answer does not bring it back', async () => {
  const { asked, answer } = rig();
  heatOn.set(true);
  heatOn.set(false);
  await answer(ok(told(5)));
  expect(heat.get()).toEqual({ tag: 'asking' });
  vi.advanceTimersByTime(24 * 60 * 60_000);
  expect(asked).toHaveLength(1);
});

it('nothing is drawn of what is off, unknown or empty; a new day is another picture at the same address', () => {
  const now = (one: Heat): HeatNow => ({ tag: 'told', heat: one, at_ms: 0, late: false });
  expect(picturesOf(false, now(told(5)))).toBe(null);
  expect(picturesOf(true, { tag: 'failed' })).toBe(null);
  expect(picturesOf(true, now(told(0)))).toBe(null);
  const [one, two] = [picturesOf(true, now(told(5))), picturesOf(true, now(told(5, '2026-11-27')))];
  expect(one?.tiles).toEqual(two?.tiles);
  expect(one?.version).not.toBe(two?.version);
});

it('the address keeps whether and of how many days', () => {
  expect(readHeat(null)).toBe(null);
  for (const days of [30, 90, 365, null]) expect(readHeat(writeHeat(true, days))).toEqual({ days });
  expect(readHeat('7')).toEqual({ days: 90 });
  expect(writeHeat(false, 30)).toBe(null);
});

it('small densities keep a decimal', () => {
  expect([137.3, 9.96, 0.42].map(perKm2)).toEqual(['137', '10.0', '0.4']);
});
