import { expect, it } from 'vitest';
import type { Fleet, Unit } from '../live/apply';
import { type Desk, NO_DESK } from '../live/incidents';
import type { Incident } from '../wire/operations';
import { countsOf, highest, rowsOf, stopsOf, unitsOf, urgentOf } from './wall-rows';

const T0 = Date.parse('2026-11-22T04:00:00Z');
const at = (s: number) => new Date(T0 + s * 1000).toISOString();
const incident = (id: string, priority: number, reported_s: number, more: Partial<Incident> = {}) =>
  ({
    id,
    priority,
    kind: 'criminal',
    phase: 'pending',
    times: { reported: at(reported_s) },
    timers: [],
    assignments: [],
    location: { state: 'confirmed', lon: 120.65, lat: 28.01 },
    ...more,
  }) as unknown as Incident;
const deskOf = (...all: Incident[]): Desk => ({
  ...NO_DESK,
  heard: true,
  incidents: new Map(all.map((one) => [one.id, one])),
});
const place = (lon: number) => ({ location: { state: 'confirmed', lon, lat: 28.01 } }) as Partial<Incident>;
const late = {
  timers: [{ kind: 'offer', state: 'fired', since: at(0), warn_at: at(30), due_at: at(60) }],
} as unknown as Partial<Incident>;

it('rows: by priority, then who waits longest; nine, and how many more', () => {
  const many = Array.from({ length: 12 }, (_, n) => incident(`c${n}`, 3, 100 + n));
  const { rows, more } = rowsOf(
    deskOf(incident('a', 2, 0), incident('b', 1, 50), incident('x', 1, 10, { phase: 'closed' }), ...many),
    T0 + 200_000,
  );
  expect(rows.map((row) => row.incident.id).slice(0, 4)).toEqual(['b', 'a', 'c0', 'c1']);
  expect([rows.length, more, rows[1]?.waited_ms]).toEqual([9, 5, 200_000]);
});
it('two reports at one place within ten minutes are one event', () => {
  const same = urgentOf(deskOf(incident('b', 1, 60, place(120.6505)), incident('a', 1, 0, place(120.65))));
  expect(same).toEqual([
    { id: 'a', event: 'a' },
    { id: 'b', event: 'a' },
  ]);
});
it.each([
  ['far apart', incident('b', 1, 60, place(120.66))],
  ['long after', incident('b', 1, 601)],
  ['of another kind', incident('b', 1, 60, { kind: 'traffic' })],
  ['without a place', incident('b', 1, 60, { location: { state: 'none' } } as unknown as Partial<Incident>)],
])('two reports %s are two', (_, other) =>
  expect(urgentOf(deskOf(incident('a', 1, 0, place(120.65)), other))[1]?.event).toBe('b'),
);
it('the tour stops once for an event, and not where nobody knows the place', () => {
  const desk = deskOf(
    incident('a', 1, 0, place(120.65)),
    incident('b', 1, 60, place(120.6501)),
    incident('n', 1, 5, { location: { state: 'none' } } as unknown as Partial<Incident>),
    incident('c', 1, 90, place(120.7)),
    incident('d', 2, 1),
  );
  expect(stopsOf(desk, urgentOf(desk), 9)).toEqual(['a', 'c']);
  expect(stopsOf(desk, urgentOf(desk), 1)).toEqual(['a']);
});
it('counts by priority, and who waits too long', () => {
  const desk = deskOf(
    incident('a', 1, 0, late),
    incident('b', 3, 0),
    incident('c', 3, 0),
    incident('e', 9, 0),
  );
  expect(countsOf(desk, T0 + 61_000)).toEqual({ open: [1, 0, 2, 1], late: 1 });
});
it('who is told no waits says no number', () =>
  expect(countsOf(deskOf(incident('a', 1, 0)), T0).late).toBe(null));
it.each([
  [[], 4],
  [[[3, null]], 4],
  [[[7, [2, 12]]], 20],
  [
    [
      [40, null],
      [51, null],
    ],
    100,
  ],
  [[[100, null]], 100],
  [[[101, null]], 200],
] as [[number, [number, number] | null][], number][])('the scale of %j goes to %d', (hours, top) =>
  expect(highest(hours.map(([reported, usual]) => ({ from: '', reported, usual })))).toBe(top),
);
it('a unit that is not heard of is neither free nor engaged', () => {
  const unit = (id: string, more: Partial<Unit>) =>
    [id, { duty: 'on_duty', availability: 'free', at_ms: T0, interval_s: null, ...more } as Unit] as const;
  const units = new Map([
    unit('a', {}),
    unit('b', { availability: 'committed' }),
    unit('c', { at_ms: T0 - 200_000 }),
    unit('d', { at_ms: T0 - 2_000_000, availability: 'committed' }),
    unit('e', { duty: 'off_duty' }),
  ]);
  expect(unitsOf({ units, ids: new Map() } as Fleet, T0)).toEqual({ free: 1, engaged: 1, stale: 2 });
});
