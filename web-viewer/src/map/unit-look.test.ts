import { expect, it } from 'vitest';
import type { Unit } from '../live/apply';
import { shifted } from './unit-gl';
import { lookOf, SHAPE } from './unit-look';

const NOW = 1_000_000_000;
const unit = (more: Partial<Unit>, age_s = 0): Unit => ({
  n: 1,
  id: 'u1',
  kind: 'police_vehicle',
  call_sign: 'L1',
  org: null,
  skills: [],
  duty: 'on_duty',
  availability: 'free',
  link: 'live',
  lon: 120,
  lat: 28,
  at_ms: NOW - age_s * 1000,
  heading_deg: 90,
  speed_mps: 5,
  accuracy_m: null,
  interval_s: null,
  ...more,
});
const shape = (availability: string, duty = 'on_duty') => lookOf(unit({ availability, duty }), NOW)?.shape;

it('each availability has its shape', () =>
  expect(
    ['free', 'soft', 'reserved', 'committed', 'on_scene', 'out', 'new-word'].map((a) => shape(a)),
  ).toEqual([SHAPE.free, SHAPE.free, SHAPE.way, SHAPE.way, SHAPE.scene, SHAPE.busy, SHAPE.busy]));
it('whoever is not on duty is not free', () => expect(shape('free', 'out_of_service')).toBe(SHAPE.busy));

it('a heading is shown above 3 km/h only', () => {
  expect(lookOf(unit({ speed_mps: 0.8 }), NOW)?.heading).toBeNull();
  expect(lookOf(unit({ speed_mps: 0.9 }), NOW)?.heading).toBeCloseTo(Math.PI / 2);
  expect(lookOf(unit({ heading_deg: null }), NOW)?.heading).toBeNull();
});
it('a unit fades, is dashed without a pointer, and leaves the map', () => {
  expect(lookOf(unit({}, 15), NOW)?.alpha).toBe(1);
  expect(lookOf(unit({}, 60), NOW)?.alpha).toBe(0.7);
  expect(lookOf(unit({}, 130), NOW)).toMatchObject({ shape: SHAPE.stale, heading: null });
  expect(lookOf(unit({}, 301), NOW)).toBeNull();
  expect(lookOf(unit({ interval_s: 60 }, 301), NOW)?.alpha).toBe(0.7);
});

it('a shifted matrix moves a point as the shift itself would', () => {
  const m = Array.from({ length: 16 }, (_, i) => Math.sin(i + 1));
  const times = (a: ArrayLike<number>, x: number, y: number) =>
    [0, 1, 2, 3].map((r) => (a[r] ?? 0) * x + (a[4 + r] ?? 0) * y + (a[12 + r] ?? 0));
  const got = times(shifted(m, 0.25, 0.5), 0.1, 0.2);
  const want = times(m, 0.35, 0.7);
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(want[i] ?? Number.NaN, 5);
});
