import { expect, it } from 'vitest';
import type { Ring, RingRow } from '../state/ring';
import type { Watched } from '../wire/review';
import { ringPicture } from './ring-picture';

const row = (n: number, watched: Watched | null = null) =>
  ({ n, fid: n, lon: 120.65, lat: 28.01, recording: watched && { watched } }) as unknown as RingRow;
const ring = (accuracy_m = 0) =>
  ({
    part: { tag: 'ok', value: { last_seen: { lon: 120.65, lat: 28.01, accuracy_m } } },
    reach: [{ geometry: { type: 'MultiPolygon' }, properties: { seconds: 600 } }],
  }) as unknown as Ring;
const minutes = (s: number) => `${s / 60} min`;

it('no ring, no picture', () =>
  expect(ringPicture(null, [], null, minutes)).toEqual({ reach: [], review: [] }));
it('each camera shows what came of it; where it begins lies above all', () => {
  const { reach, review } = ringPicture(ring(), [row(1), row(2, 'seen'), row(120, 'taken')], 2, minutes);
  expect(reach.map(({ properties }) => properties.label)).toEqual(['10 min']);
  expect(review.map(({ properties: { look, label, chosen } }) => [look, label, chosen])).toEqual([
    ['free', '1', false],
    ['seen', '2', true],
    ['taken', '', false],
    ['start', undefined, undefined],
  ]);
  const above = review.map(({ properties }) => Number(properties.above));
  expect([...above].sort((a, b) => b - a)).toEqual([above[3], above[1], above[0], above[2]]);
});
it('a place that is not sure has its circle', () =>
  expect(ringPicture(ring(50), [], null, minutes).reach.length).toBe(2));
