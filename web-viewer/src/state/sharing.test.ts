import { expect, it } from 'vitest';
import type { Answer } from '../wire/client';
import type { Fix, Posted, Reported } from '../wire/field';
import { type Facts, MOST_FIXES, NO_FACTS, runs, Sharer, type Sharing, sharingOf, withFix } from './sharing';

const NOW = 1_000_000;
const fixAt = (at_ms: number): Fix => ({
  lon: 120,
  lat: 28,
  at_ms,
  accuracy_m: 5,
  speed_mps: null,
  heading_deg: null,
});
const ON: Facts = { ...NO_FACTS, wanted: true, duty: 'on_duty', fix: fixAt(NOW), told_ms: NOW };
const is = (change: Partial<Facts>, expected: Sharing) =>
  expect(sharingOf({ ...ON, ...change }, NOW)).toBe(expected);

it('says what is true, what stands in the way first', () => {
  is({}, 'on');
  is({ doubt: 'SPEED' }, 'doubted');
  is({ told_ms: null }, 'not_told');
  is({ told_ms: NOW - 61_000 }, 'not_told');
  is({ fix: fixAt(NOW - 61_000) }, 'old');
  is({ fix: fixAt(NOW - 61_000), lost: true }, 'no_signal');
  is({ fix: null }, 'asking');
  is({ fix: null, lost: true }, 'no_signal');
  is({ denied: true }, 'denied');
  is({ wanted: false }, 'off');
  is({ safe: false }, 'unsafe');
  is({ duty: 'off_duty' }, 'off_duty');
  is({ duty: null }, 'unknown_duty');
});

it('runs only while on duty, wanted and seen', () => {
  expect(runs(ON, true)).toBe(true);
  expect(runs(ON, false)).toBe(false);
  for (const change of [{ wanted: false }, { duty: 'off_duty' }, { duty: null }, { safe: false }])
    expect(runs({ ...ON, ...change }, true)).toBe(false);
});

it('a full list loses detail, not its way and not its end', () => {
  let list: Reported[] = [];
  for (let n = 0; n < 2_000; n += 1) list = withFix(list, { ...fixAt(n), obs: String(n) });
  expect(list.length).toBeLessThanOrEqual(MOST_FIXES);
  expect(list.at(-1)?.obs).toBe('1999');
  expect(list[0]?.obs).toBe('0');
});

/** A phone with a receiver and a server that are ours. */
function phone(answer: (fixes: readonly Reported[]) => Answer<Posted>) {
  const state = {
    now: NOW,
    heard: null as ((fix: Fix) => void) | null,
    posted: [] as string[][],
    off: 0,
    asked: 0,
  };
  const fail: { now: ((why: 'denied' | 'lost') => void) | null } = { now: null };
  let count = 0;
  const sharer = new Sharer({
    receiver: {
      watch(heard, failed) {
        state.heard = heard;
        fail.now = failed;
        return () => {
          state.heard = null;
        };
      },
      ask: () => {
        state.asked += 1;
      },
    },
    post: async (fixes) => {
      state.posted.push(fixes.map(({ obs }) => obs));
      return answer(fixes);
    },
    now: () => state.now,
    obs: () => String(++count),
    changed: () => undefined,
    offDuty: () => {
      state.off += 1;
    },
  });
  const hear = async (after_ms: number) => {
    state.now += after_ms;
    state.heard?.(fixAt(state.now));
    await Promise.resolve();
    await Promise.resolve();
  };
  return { sharer, state, hear, fail };
}
const taken: Answer<Posted> = { tag: 'ok', value: { accepted: 1, quarantined: [], rejected: [] } };

it('sends nothing before duty, and nothing after it', async () => {
  const { sharer, state, hear } = phone(() => taken);
  sharer.say({ wanted: true, duty: 'off_duty' });
  await hear(10_000);
  expect(state.posted).toEqual([]);
  sharer.say({ duty: 'on_duty' });
  await hear(10_000);
  expect(state.posted).toEqual([['1']]);
  sharer.say({ duty: 'off_duty' });
  expect(state.heard).toBeNull();
  sharer.tick();
  expect(state.posted.length).toBe(1);
  expect(sharer.facts().fix).toBeNull();
});

it('fixes without a network wait and go together, in order', async () => {
  let net = false;
  const { sharer, state, hear } = phone(() =>
    net ? taken : { tag: 'failed', reason: 'network', status: 0 },
  );
  sharer.say({ wanted: true, duty: 'on_duty' });
  for (let n = 0; n < 4; n += 1) await hear(6_000);
  expect(sharer.facts().waiting).toBe(4);
  expect(sharingOf(sharer.facts(), state.now)).toBe('not_told');
  net = true;
  await sharer.send();
  expect(state.posted.at(-1)).toEqual(['1', '2', '3', '4']);
  expect(sharer.facts().waiting).toBe(0);
  expect(sharingOf(sharer.facts(), state.now)).toBe('on');
});

it('a hidden page stops and says that the position grows old', async () => {
  const { sharer, state, hear } = phone(() => taken);
  sharer.say({ wanted: true, duty: 'on_duty' });
  await hear(6_000);
  sharer.seen(false);
  expect(state.heard).toBeNull();
  expect(sharingOf(sharer.facts(), state.now + 61_000)).toBe('old');
  sharer.seen(true);
  await hear(6_000);
  expect(sharingOf(sharer.facts(), state.now)).toBe('on');
});

it('a server that says off duty is asked', async () => {
  const { sharer, state, hear } = phone(() => ({
    tag: 'ok',
    value: { accepted: 0, quarantined: [], rejected: [{ index: 0, code: 'OFF-DUTY' }] },
  }));
  sharer.say({ wanted: true, duty: 'on_duty' });
  await hear(6_000);
  expect(state.off).toBe(1);
  expect(sharingOf(sharer.facts(), state.now)).toBe('not_told');
});

it('a refused permission is said, and asked for again when somebody switches it on', () => {
  const { sharer, state, fail } = phone(() => taken);
  sharer.say({ wanted: true, duty: 'on_duty' });
  fail.now?.('denied');
  expect(sharingOf(sharer.facts(), state.now)).toBe('denied');
  sharer.say({ wanted: true });
  expect(sharingOf(sharer.facts(), state.now)).toBe('asking');
});

it('a receiver that says nothing is asked now and then, not at each tick', () => {
  const { sharer, state } = phone(() => taken);
  sharer.say({ wanted: true, duty: 'on_duty' });
  for (let n = 0; n < 60; n += 1) {
    state.now += 1_000;
    sharer.tick();
  }
  expect(state.asked).toBeGreaterThanOrEqual(2);
  expect(state.asked).toBeLessThanOrEqual(4);
});
