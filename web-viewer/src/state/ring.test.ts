import { beforeEach, expect, it } from 'vitest';
import type { Answer } from '../wire/client';
import type { Operations, TimelineEntry } from '../wire/operations';
import type { Reach, Recording, Review, ReviewCamera, Watched } from '../wire/review';
import { chosenCamera, viewsheds } from './console';
import { chosenIncident } from './desk';
import { countsOf, makeRing, ring, ringRows, rowsOf } from './ring';

const ok = <T>(value: T): Answer<T> => ({ tag: 'ok', value });
const camera = (n: number, recording: Recording | null = null): ReviewCamera => ({
  camera: `c${n}`,
  fid: n,
  name: `camera ${n}`,
  lon: 120.65,
  lat: 28.01,
  enter: '2026-11-22T04:00:00Z',
  leave: '2026-11-22T04:05:00Z',
  posed: true,
  recording,
});
const word = (watched: Watched, by: string, at: string): Recording => ({ watched, by, at });
const review = (...cameras: ReviewCamera[]): Review => ({
  last_seen: { lon: 120.65, lat: 28.01, accuracy_m: 0, at: '2026-11-22T04:00:00Z' },
  minutes: 20,
  by: 'foot',
  left_off: 0,
  cameras,
});
const reach = (...seconds: number[]) =>
  ({
    features: seconds.map((s) => ({ geometry: { type: 'MultiPolygon' }, properties: { seconds: s } })),
  }) as Reach;
const told = (of: string, watched: Watched, by: string, at: string) =>
  ({ seq: 1, kind: 'recording.watched', at, by, src: 'ui', what: { camera: of, watched } }) as never;

/** A server whose ring has three cameras; what is asked of it is written down. */
function rig() {
  const asked: string[] = [];
  const ordered: { fields: object; done: () => void }[] = [];
  const answers: Answer<Review>[] = [];
  let ready = true;
  const api = {
    review: async (id: string, minutes: number, by: string) => {
      asked.push(`ring ${id} ${minutes} ${by}`);
      return answers.shift() ?? ok(review(camera(1), camera(2), camera(3)));
    },
    reach: async (_at: object, seconds: number[], by: string) => {
      asked.push(`reach ${seconds} ${by}`);
      return ok(reach(...seconds));
    },
    viewshed: async (fid: number) => {
      asked.push(`view ${fid}`);
      return ok({ id: fid } as never);
    },
  } as unknown as Operations;
  const made = makeRing({
    api,
    now: () => Date.parse('2026-11-22T05:00:00Z'),
    moved: () => {},
    ready: () => ready,
    order: (_incident, type, fields, _what, _basis, done) =>
      ordered.push({ fields: { type, ...fields }, done: done ?? (() => {}) }),
  });
  const hold = () => {
    ready = false;
  };
  return { made, asked, ordered, answers, hold };
}
const settled = () => new Promise((go) => setTimeout(go));
const rows = (items: TimelineEntry[] = []) => {
  const open = ring.get();
  return open === null ? [] : ringRows(open, items);
};

beforeEach(() => {
  chosenCamera.set(null);
  viewsheds.set(new Map());
  chosenIncident.set('i1');
  ring.set(null);
});

it('nobody asks before the ring is opened; a second time closes it', async () => {
  const { made, asked } = rig();
  expect(asked).toEqual([]);
  made.toggle('i1');
  await settled();
  expect(asked).toEqual(['ring i1 20 foot', 'reach 600,1200 foot']);
  expect(rows().map(({ n, camera: id, recording }) => [n, id, recording])).toEqual([
    [1, 'c1', null],
    [2, 'c2', null],
    [3, 'c3', null],
  ]);
  expect(ring.get()?.reach.length).toBe(2);
  made.toggle('i1');
  expect(ring.get()).toBe(null);
});
it('another incident closes the ring, and what comes late for it is not shown', async () => {
  const { made } = rig();
  made.toggle('i1');
  chosenIncident.set('i2');
  await settled();
  expect(ring.get()).toBe(null);
});
it('the newest word on a recording counts, from wherever it came', async () => {
  const { made, answers } = rig();
  answers.push(ok(review(camera(1, word('taken', 'd1', '2026-11-22T04:10:00Z')), camera(2))));
  made.toggle('i1');
  await settled();
  expect(rows()[0]?.recording?.watched).toBe('taken');
  const older = told('c1', 'no_recording', 'd2', '2026-11-22T04:09:00Z');
  const newer = told('c1', 'seen', 'd2', '2026-11-22T04:11:00Z');
  expect(rows([older])[0]?.recording?.watched).toBe('taken');
  expect(rows([newer, older])[0]?.recording).toMatchObject({ watched: 'seen', by: 'd2' });
  expect(rows([newer])[1]?.recording).toBe(null);
});
it('a mark is a command, and stands once it is answered', async () => {
  const { made, ordered } = rig();
  made.toggle('i1');
  await settled();
  made.mark({ camera: 'c2', name: null }, 'taken', 'd1');
  expect(ordered.map(({ fields }) => fields)).toEqual([{ type: 'watch', camera: 'c2', watched: 'taken' }]);
  expect(rows()[1]?.recording).toBe(null);
  ordered[0]?.done();
  expect(rows()[1]?.recording).toMatchObject({ watched: 'taken', by: 'd1' });
});
it('nothing is marked while the rows are newer than a person can have read', async () => {
  const { made, ordered, hold } = rig();
  made.toggle('i1');
  await settled();
  hold();
  made.mark({ camera: 'c1', name: null }, 'seen', 'd1');
  expect(ordered).toEqual([]);
});
it('tabs: what nobody has looked through, and what I look through now', () => {
  const at = '2026-11-22T04:10:00Z';
  const all = [
    camera(1),
    camera(2, word('taken', 'd1', at)),
    camera(3, word('taken', 'd2', at)),
    camera(4, word('seen', 'd1', at)),
  ].map((one, i) => ({ ...one, n: i + 1, recording: one.recording ?? null }));
  const tab = (which: 'all' | 'free' | 'mine') => rowsOf(all, which, 'd1').map(({ n }) => n);
  expect([tab('all'), tab('free'), tab('mine')]).toEqual([[1, 2, 3, 4], [1], [2]]);
  expect(countsOf(all)).toEqual({ free: 1, taken: 2, seen: 1, not_seen: 0, no_recording: 0 });
});
it('a place that was moved makes the ring anew, as it was asked', async () => {
  const { made, asked } = rig();
  await made.ask('i1', 10, 'car');
  made.heard({ id: 'i2', kind: 'incident.located' });
  made.heard({ id: 'i1', kind: 'incident.noted' });
  made.heard({ id: 'i1', kind: 'incident.located' });
  await settled();
  expect(asked.filter((one) => one.startsWith('ring'))).toEqual(['ring i1 10 car', 'ring i1 10 car']);
});
it('what a camera of the ring sees is asked once, and one view is kept', async () => {
  const { made, asked } = rig();
  chosenCamera.set(7);
  made.toggle('i1');
  await settled();
  chosenCamera.set(1);
  await settled();
  chosenCamera.set(2);
  await settled();
  expect(asked.filter((one) => one.startsWith('view'))).toEqual(['view 1', 'view 2']);
  expect([...viewsheds.get().keys()]).toEqual([2]);
});
it('a refusal stands in words', async () => {
  const { made, answers } = rig();
  answers.push({ tag: 'refused', status: 403, code: 'AUTH', detail: 'not yours' });
  made.toggle('i1');
  await settled();
  expect(ring.get()?.part).toEqual({ tag: 'refused', detail: 'not yours' });
});
