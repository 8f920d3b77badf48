import { expect, it } from 'vitest';
import type { RankedUnit } from '../wire/operations';
import { steady } from './steady';

const row = (unit: string, worst: number, proposed = false) =>
  ({
    unit,
    eta_range_s: [worst - 10, worst],
    proposed_for: proposed ? 'police' : null,
  }) as unknown as RankedUnit;
const names = (shown: RankedUnit[], fresh: RankedUnit[]) => {
  const { items, moved } = steady(shown, fresh);
  return [items.map(({ unit }) => unit).join(''), moved];
};

it('small gains move nobody, and the numbers are the new ones', () => {
  const shown = [row('a', 100), row('b', 110)];
  const fresh = [row('b', 85), row('a', 100)];
  expect(names(shown, fresh)).toEqual(['ab', false]);
  expect(steady(shown, fresh).items[1]?.eta_range_s).toEqual([75, 85]);
});
it('who is better by more than half a minute moves up, and that is said', () =>
  expect(names([row('a', 100), row('b', 110)], [row('b', 60), row('a', 100)])).toEqual(['ba', true]));
it('who is newly proposed moves up', () =>
  expect(names([row('a', 100), row('b', 110)], [row('b', 105, true), row('a', 100)])).toEqual(['ba', true]));
it('who left makes room', () =>
  expect(names([row('a', 100), row('b', 110)], [row('b', 110)])).toEqual(['b', true]));
it('more rows below move nobody', () =>
  expect(names([row('a', 100)], [row('a', 100), row('b', 110)])).toEqual(['ab', false]));
it('a new one that is sooner comes in at its place', () =>
  expect(names([row('a', 100)], [row('b', 20), row('a', 100)])).toEqual(['ba', true]));
it('the first rows move nobody', () => expect(names([], [row('a', 1)])).toEqual(['a', false]));
