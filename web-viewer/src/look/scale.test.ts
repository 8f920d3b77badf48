import { expect, it } from 'vitest';
import { metres, scaleFor } from './scale';

const check = (width_px: number, density: number, wallw_m: number | null, dist_m: number | null) =>
  scaleFor({ width_px, density, wallw_m, dist_m });

it('a console is drawn as it is', () => expect(check(1920, 1, null, null)).toBe(1));
it('4K at density 1 is drawn twice as large', () => expect(check(3840, 1, null, null)).toBe(2));
it('4K at density 2 is large already', () => expect(check(1920, 2, null, null)).toBe(1));
it('a wall 4 m wide seen from 6 m has body text of 48 of its own pixels', () =>
  expect(check(3840, 1, 4, 6) * 14).toBeCloseTo(47.7, 1));
it('density does not change what the reader sees', () =>
  expect(check(1920, 2, 4, 6) * 2).toBeCloseTo(check(3840, 1, 4, 6), 5));
it('nonsense in the address is no size', () =>
  expect([metres('x'), metres('-1'), metres(null), metres('4.5')]).toEqual([null, null, null, 4.5]));

it('a wall of 4 m read from 4 m: characters of 24 mm, the same picture at both sizes', () => {
  const at = (width_px: number) => scaleFor({ width_px, density: 1, wallw_m: 4, dist_m: 4 });
  const body_mm = ((14 * at(3840)) / 1.38) * (4000 / 3840);
  expect(body_mm).toBeCloseTo(24, 1);
  expect(at(3840) / at(1920)).toBeCloseTo(2, 5);
});
