import { expect, it } from 'vitest';
import { Grid, type Spot } from './grid';
import { circle, mercatorX, mercatorY, worldSize_px } from './mercator';

/** A small repeatable source of numbers, so that a failure can be seen again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const city = (count: number, next: () => number): Spot[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `u${i}`,
    x: mercatorX(120.4 + next() * 0.6),
    y: mercatorY(27.8 + next() * 0.4),
  }));

const slow = (spots: Spot[], x: number, y: number, radius: number) =>
  spots
    .map((spot) => ({ id: spot.id, d: (spot.x - x) ** 2 + (spot.y - y) ** 2 }))
    .filter(({ d }) => d <= radius * radius)
    .sort((a, b) => a.d - b.d || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);

it('finds what a look at every unit finds, at any zoom', () => {
  const next = numbers(7);
  const spots = city(2000, next);
  const grid = new Grid(spots);
  for (let round = 0; round < 300; round += 1) {
    const x = mercatorX(120.4 + next() * 0.6);
    const y = mercatorY(27.8 + next() * 0.4);
    const radius = 14 / worldSize_px(4 + next() * 14);
    expect(grid.near(x, y, radius).map(({ id }) => id)).toEqual(slow(spots, x, y, radius));
  }
});
it('an empty map has nothing under the pointer', () => expect(new Grid([]).near(0.5, 0.5, 1)).toEqual([]));
it('units on one spot all come, by id', () => {
  const spots = ['b', 'a'].map((id) => ({ id, x: 0.5, y: 0.5 }));
  expect(new Grid(spots).near(0.5, 0.5, 1e-6).map(({ id }) => id)).toEqual(['a', 'b']);
});
it('the circle is closed and 300 m from its centre', () => {
  const ring = circle(120.65, 28, 300);
  expect(ring[0]).toEqual(ring.at(-1));
  const north = ring[0] as [number, number];
  expect((north[1] - 28) * 111_195).toBeCloseTo(300, 0);
});
