import { expect, it } from 'vitest';
import type { LiveMessage, UnitRecord } from '../wire/live';
import { apply, type Fleet, NO_FLEET } from './apply';

const T0 = Date.parse('2026-11-22T04:00:00Z');
const record = (n: number, more: Partial<UnitRecord> = {}): UnitRecord => ({
  n,
  id: `u${n}`,
  fid: n,
  kind: 'police_vehicle',
  call_sign: `L${n}`,
  org: 'org',
  skills: [],
  duty: 'on_duty',
  availability: 'free',
  link: 'live',
  lon: 120.6,
  lat: 28,
  at: '2026-11-22T04:00:00Z',
  heading_deg: null,
  speed_mps: null,
  accuracy_m: null,
  ...more,
});
const snapshot = (...units: UnitRecord[]): LiveMessage => ({
  t: 'snapshot',
  seq: 1,
  epoch: 'e',
  now: '2026-11-22T04:00:00Z',
  revisions: {},
  units,
});
const moved = (n: number, lon_e6: number, at_ms: number): LiveMessage => ({
  t: 'positions',
  now: '2026-11-22T04:00:01Z',
  moved: [[n, lon_e6, 28_000_000, at_ms, 90, 81, 5]],
});
const after = (...messages: LiveMessage[]) => messages.reduce<Fleet>(apply, NO_FLEET);
const ids = (fleet: Fleet) => [...fleet.units.keys()];

it('a snapshot replaces everything', () =>
  expect(ids(after(snapshot(record(1), record(2)), snapshot(record(3))))).toEqual(['u3']));

it('a position moves a unit, in degrees and metres a second', () => {
  const unit = after(snapshot(record(1)), moved(1, 120_650_001, T0 + 1000)).units.get('u1');
  expect(unit).toMatchObject({ lon: 120.650001, lat: 28, at_ms: T0 + 1000, heading_deg: 90, speed_mps: 8.1 });
});

it('a late position does not move a unit back', () => {
  const fleet = after(
    snapshot(record(1)),
    moved(1, 120_700_000, T0 + 5000),
    moved(1, 120_100_000, T0 + 2000),
  );
  expect(fleet.units.get('u1')?.lon).toBe(120.7);
});

it('a late record brings its words but not its place', () => {
  const late: LiveMessage = { t: 'units', units: [record(1, { availability: 'reserved' })] };
  const unit = after(snapshot(record(1)), moved(1, 120_700_000, T0 + 5000), late).units.get('u1');
  expect(unit).toMatchObject({ availability: 'reserved', lon: 120.7, at_ms: T0 + 5000 });
});

it('a position of a number nobody announced is left out', () =>
  expect(ids(after(snapshot(record(1)), moved(9, 1, T0)))).toEqual(['u1']));

it('units come into view and leave it', () => {
  const fleet = after(snapshot(record(1)), { t: 'units', units: [record(2)] }, { t: 'gone', units: [1, 7] });
  expect(ids(fleet)).toEqual(['u2']);
  expect(after(snapshot(record(1)), { t: 'gone', units: [1] }, moved(1, 1, T0 + 9)).units.size).toBe(0);
});

it('a unit that never had a fix has no place on the map', () =>
  expect(
    ids(after(snapshot(record(1, { lon: null, lat: null, at: null }), record(2, { at: 'soon' })))),
  ).toEqual([]));

it('messages without units give the same fleet back, so nothing is drawn again', () => {
  const fleet = after(snapshot(record(1)));
  for (const message of [
    { t: 'heartbeat', now: '2026-11-22T04:00:05Z' },
    { t: 'positions', now: '2026-11-22T04:00:05Z', moved: [] },
    { t: 'revision', layer: 'roads', revision: 2 },
    { t: 'lagged', missed: 3 },
    { t: 'bye', reason: 'SHUTDOWN' },
  ] as LiveMessage[])
    expect(apply(fleet, message)).toBe(fleet);
});

it('apply leaves the fleet it was given as it was', () => {
  const before = after(snapshot(record(1)));
  apply(before, moved(1, 120_700_000, T0 + 5000));
  apply(before, { t: 'gone', units: [1] });
  expect(before.units.get('u1')?.lon).toBe(120.6);
});
