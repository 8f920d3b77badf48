import { expect, it } from 'vitest';
import {
  AS_IT_IS,
  asked,
  changed,
  gradeOf,
  idOf,
  isAsItIs,
  MOST,
  MOST_CLOSED,
  NO_STEPS,
  percent,
  percentText,
  stepped,
  undone,
} from './what-if';

const P = { lon: 120, lat: 28 };
const line: [number, number][] = [
  [120, 28],
  [120.1, 28],
];

it('adds, moves and removes, and never uses a number twice while it is there', () => {
  let now = changed(AS_IT_IS, { tag: 'add', at: [P, P] });
  now = changed(now, { tag: 'remove', unit: '+1' });
  now = changed(now, { tag: 'add', at: [P] });
  expect(now.stands.map(({ unit }) => unit)).toEqual(['+2', '+3']);
  now = changed(now, { tag: 'move', unit: '+3', to: { lon: 121, lat: 29 } });
  expect(now.stands[1]).toEqual({ unit: '+3', lon: 121, lat: 29 });
});

it('takes a unit out once, and back in', () => {
  const out = changed(AS_IT_IS, { tag: 'away', unit: 'u' });
  expect(changed(out, { tag: 'away', unit: 'u' })).toBe(out);
  expect(isAsItIs(changed(out, { tag: 'back', unit: 'u' }))).toBe(true);
});

it('each step is taken back, down to the present', () => {
  let steps = stepped(NO_STEPS, { tag: 'add', at: [P] });
  steps = stepped(steps, { tag: 'close', line });
  steps = stepped(steps, { tag: 'clear' });
  expect(isAsItIs(steps.now)).toBe(true);
  steps = undone(steps);
  expect(steps.now.closed.length).toBe(1);
  steps = undone(undone(steps));
  expect(isAsItIs(steps.now)).toBe(true);
  expect(undone(steps).now).toBe(steps.now);
});

it('more than the server takes is no step', () => {
  const full = changed(AS_IT_IS, { tag: 'add', at: Array.from({ length: MOST }, () => P) });
  expect(full.stands.length).toBe(MOST);
  expect(changed(full, { tag: 'away', unit: 'u' })).toBe(full);
  let now = AS_IT_IS;
  for (let n = 0; n < MOST_CLOSED + 3; n += 1) now = changed(now, { tag: 'close', line });
  expect(now.closed.length).toBe(MOST_CLOSED);
});

it('asks in the words of the server', () => {
  const now = changed(changed(AS_IT_IS, { tag: 'add', at: [P] }), { tag: 'close', line });
  expect(asked(now)).toEqual({
    stands: [{ unit: '+1', lon: 120, lat: 28 }],
    away: [],
    closed: [{ type: 'LineString', coordinates: line }],
  });
});

it('a share of nothing is none, and almost all is not all', () => {
  expect(percent(0, 0)).toBeNull();
  expect(percent(2, 3)).toBe(66.6);
  expect(percentText(0, 0)).toBe('—');
  expect(percentText(2_999, 3_000)).toBe('99.9 %');
  expect(percentText(3, 3)).toBe('100.0 %');
});

const grade = (total: number, covered: number, expected: string) =>
  expect(gradeOf({ total, covered: [covered, total, total] }, 0)).toBe(expected);
it('grades an hour, and says when it has too few calls to say', () => {
  grade(0, 0, 'none');
  grade(4, 0, 'few');
  grade(10, 7, 'low');
  grade(10, 8, 'middle');
  grade(10, 9, 'good');
  grade(100, 98, 'full');
});

it('makes an id of a title', () => {
  expect(idOf('Night shift, East 2')).toBe('night-shift-east-2');
  expect(idOf('夜班 B')).toBe('b');
  expect(idOf('夜班')).toBeNull();
  expect(idOf('x'.repeat(80))?.length).toBe(64);
});
