import { expect, it } from 'vitest';
import { type Desk, NO_DESK } from '../live/incidents';
import type { Incident, Timer } from '../wire/operations';
import { clockOf } from './age';
import { alike, orderOf, queueOf, waitOf } from './desk';
import { apart_m } from './place';

const T0 = Date.parse('2026-11-22T04:00:00Z');
const at = (s: number) => new Date(T0 + s * 1000).toISOString();
const incident = (id: string, more: object = {}) =>
  ({
    id,
    seq: 1,
    kind: 'traffic',
    priority: 2,
    phase: 'pending',
    owner: 'd1',
    location: { state: 'candidate', lon: 120.65, lat: 28.01 },
    assignments: [],
    timers: [],
    times: { reported: at(0) },
    ...more,
  }) as unknown as Incident;
const deskOf = (...all: Incident[]): Desk => ({
  ...NO_DESK,
  incidents: new Map(all.map((one) => [one.id, one])),
});
const timer = (kind: string, state: string, due_s: number, more: object = {}) =>
  ({ id: kind, kind, state, since: at(0), warn_at: at(due_s / 2), due_at: at(due_s), ...more }) as Timer;

const order = (...all: Incident[]) => queueOf(deskOf(...all), 'open', 'd1').map(({ id }) => id);

it('unlocated first, then by priority, then the longest waiting', () =>
  expect(
    order(
      incident('late', { times: { reported: at(9) } }),
      incident('early'),
      incident('urgent', { priority: 1, times: { reported: at(20) } }),
      incident('nowhere', { priority: 4, location: { state: 'none' } }),
    ),
  ).toEqual(['nowhere', 'urgent', 'early', 'late']));
it('what ended is not open, and stands under its own tab, the latest first', () => {
  const all = [
    incident('a', { phase: 'closed', seq: 3 }),
    incident('b', { phase: 'cancelled', seq: 9 }),
    incident('c'),
  ];
  expect(order(...all)).toEqual(['c']);
  expect(queueOf(deskOf(...all), 'ended', 'd1').map(({ id }) => id)).toEqual(['b', 'a']);
});
it('mine are those that I answer for', () =>
  expect(
    queueOf(deskOf(incident('a'), incident('b', { owner: 'd2' })), 'mine', 'd2').map(({ id }) => id),
  ).toEqual(['b']));

const tone = (s: number, ...timers: Timer[]) => waitOf(incident('a', { timers }), T0 + s * 1000)?.tone;

it('a wait has three colours', () =>
  expect([9, 10, 19.9, 20].map((s) => tone(s, timer('offer', 'armed', 20)))).toEqual([
    'calm',
    'warn',
    'warn',
    'late',
  ]));
it('the timer that goes off first is shown', () => {
  const wait = waitOf(
    incident('a', { timers: [timer('review', 'armed', 90), timer('offer', 'armed', 20)] }),
    T0 + 5000,
  );
  expect([wait?.kind, wait?.part, wait?.left_ms]).toEqual(['offer', 0.25, 15_000]);
});
it('what went off is late while its wait lasts, and nothing afterwards', () => {
  expect(tone(5, timer('offer', 'fired', 20))).toBe('late');
  const sent = incident('a', { phase: 'assigned', timers: [timer('offer', 'fired', 20)] });
  expect(waitOf(sent, T0)).toBeNull();
});
it('what somebody took on waits no longer', () =>
  expect(tone(50, timer('offer', 'acked', 20))).toBeUndefined());

it('a clock counts minutes, then hours', () =>
  expect([0, 65_000, -65_000, 3_729_000].map(clockOf)).toEqual(['0:00', '1:05', '1:05', '1:02:09']));

it('a degree of latitude is 111 km', () =>
  expect(apart_m({ lon: 120, lat: 27.5 }, { lon: 120, lat: 28.5 })).toBeCloseTo(111_195, -1));

const here = { lon: 120.65, lat: 28.01 };
const same = (kind: string, ...all: Incident[]) =>
  alike(deskOf(...all), here, kind, T0 + 60_000).map(({ incident }) => incident.id);

it('what is near and of the kind may be the same event', () => {
  const far = incident('far', { location: { state: 'candidate', lon: 120.66, lat: 28.01 } });
  const other = incident('other', { kind: 'dispute' });
  const old = incident('old', { times: { reported: at(-700) } });
  const ended = incident('ended', { phase: 'closed' });
  expect(same('traffic', incident('a'), far, other, old, ended)).toEqual(['a']);
});
it('a kind that is not known may be any', () =>
  expect(same('unknown', incident('a'), incident('b', { kind: 'dispute' }))).toEqual(['a', 'b']));

it('a line of the timeline belongs to the order that reached it then', () => {
  const assignments = [
    { unit: 'u1', times: { accepted: at(5) } },
    { unit: 'u2', times: { accepted: at(7), departed: at(9) } },
  ];
  const one = incident('a', { assignments });
  expect(orderOf(one, 'assignment.accepted', at(7))).toBe('u2');
  expect(orderOf(one, 'assignment.en_route', at(9))).toBe('u2');
  expect(orderOf(one, 'assignment.accepted', at(6))).toBeNull();
  expect(orderOf(one, 'incident.noted', at(5))).toBeNull();
});
