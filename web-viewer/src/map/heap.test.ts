import { expect, it } from 'vitest';
import type { Incident } from '../wire/operations';
import { heap } from './heap';

const incident = (id: string, priority: number, lon: number) =>
  ({ id, priority, location: { lon, lat: 28 } }) as unknown as Incident;
const seen = (all: Incident[], chosen: string | null, zoom: number) => {
  const { incidents, badges } = heap(all, chosen, zoom);
  return [[...incidents.keys()], badges.map(({ properties }) => properties.label)];
};
const NEAR = [
  incident('a', 3, 120.65),
  incident('b', 1, 120.651),
  incident('c', 2, 120.6515),
  incident('d', 1, 121),
];

it('seen from afar the most urgent stands for all', () =>
  expect(seen(NEAR, null, 9)).toEqual([['b', 'd'], ['+2']]));
it('seen from near each has its place', () =>
  expect(seen(NEAR, null, 16)).toEqual([['b', 'd', 'c', 'a'], []]));
it('the chosen one is drawn whatever lies there', () =>
  expect(seen(NEAR, 'a', 9)).toEqual([['a', 'd'], ['+2']]));
it('what has no place is not drawn', () =>
  expect(seen([{ id: 'n', priority: 1, location: {} } as unknown as Incident], null, 9)).toEqual([[], []]));
it('nobody is lost in a flood', () => {
  const all = Array.from({ length: 200 }, (_, n) => incident(`i${n}`, 1 + (n % 4), 120.6 + (n % 20) / 1000));
  const { incidents, badges } = heap(all, null, 11);
  const more = badges.reduce((sum, { properties }) => sum + Number(String(properties.label).slice(1)), 0);
  expect(incidents.size + more).toBe(200);
});
