import { expect, it } from 'vitest';
import { field, PICTURES, SIZE } from './icons';

const opacity = (id: string, x: number, y: number) =>
  field(PICTURES[id] as (x: number, y: number) => boolean)[4 * (y * SIZE + x) + 3] as number;

it('a picture is opaque inside, clear outside, and its edge is where MapLibre looks for it', () => {
  const [middle, edge] = [SIZE / 2, 191];
  expect(opacity('onemap-square', middle, middle)).toBeGreaterThan(edge);
  expect(opacity('onemap-square', 0, 0)).toBe(0);
  const row = Array.from({ length: SIZE }, (_, x) => opacity('onemap-square', x, middle));
  const inside = row.filter((value) => value > edge).length;
  expect(inside).toBe(30);
});

it('no two pictures are the same', () => {
  const all = Object.values(PICTURES).map((inside) => field(inside).join());
  expect(new Set(all).size).toBe(all.length);
});
