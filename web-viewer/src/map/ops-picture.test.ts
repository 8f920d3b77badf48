import { expect, it } from 'vitest';
import { type Fleet, NO_FLEET, type Unit } from '../live/apply';
import { NO_DESK } from '../live/incidents';
import type { Ranked } from '../state/console';
import type { Incident, RankedCamera, RankedUnit, Viewshed } from '../wire/operations';
import { sector } from './mercator';
import { before, type Known, lookOf, opsPicture } from './ops-picture';

const incident = (id: string, more: object = {}) =>
  ({
    id,
    priority: 2,
    phase: 'pending',
    location: { lon: 120.65, lat: 28.01, accuracy_m: null },
    ...more,
  }) as unknown as Incident;
const camera = (fid: number, more: object = {}) =>
  ({ fid, lon: 120.651, lat: 28.01, sees: 'yes', online: true, ...more }) as unknown as RankedCamera;
const row = (unit: string, more: object = {}) =>
  ({ unit, proposed_for: 'police', route: null, ...more }) as unknown as RankedUnit;
const fleet = (...ids: string[]): Fleet => ({
  ...NO_FLEET,
  units: new Map(ids.map((id) => [id, { id, lon: 120.66, lat: 28.02 } as Unit])),
});
const ranked = (units: RankedUnit[], cameras: RankedCamera[]) =>
  ({
    incident: 'a',
    units: { tag: 'ok', value: { items: units }, at_ms: 0 },
    cameras: { tag: 'ok', value: { items: cameras }, at_ms: 0 },
    moved_ms: null,
  }) as unknown as Ranked;
const draw = (known: Partial<Known>, ...incidents: Incident[]) =>
  opsPicture({
    desk: { ...NO_DESK, incidents: new Map(incidents.map((one) => [one.id, one])) },
    chosen: 'a',
    draft: null,
    ranked: null,
    viewsheds: new Map(),
    camera: null,
    closures: [],
    zones: [],
    fleet: NO_FLEET,
    eta: () => '3 min',
    left: ({ service }) => `no ${service}`,
    ...known,
  });

it('open incidents with a place are drawn, the chosen one above all', () => {
  const { incident: drawn } = draw(
    {},
    incident('a', { priority: 4 }),
    incident('b', { priority: 1 }),
    incident('gone', { phase: 'closed' }),
    incident('nowhere', { location: { lon: null, lat: null } }),
  );
  expect(drawn.map(({ properties }) => [properties.id, properties.above])).toEqual([
    ['a', 9],
    ['b', 4],
  ]);
});
it('an ended incident is drawn while it is looked at', () =>
  expect(draw({}, incident('a', { phase: 'closed' })).incident.length).toBe(1));
it('a rough place has its circle', () =>
  expect(draw({}, incident('a', { location: { lon: 1, lat: 2, accuracy_m: 400 } })).draft.length).toBe(1));

it('what is offline never looks as if it saw', () => {
  expect(lookOf(camera(1, { online: false }))).toBe('off');
  expect(
    ['yes', 'after_turn', 'blocked', 'outside', 'unknown'].map((sees) => lookOf(camera(1, { sees }))),
  ).toEqual(['yes', 'turn', 'blocked', 'other', 'other']);
});
it('the four cameras with keys have lines and, where the pose is known, cones', () => {
  const pose = { azimuth_deg: 90, angle_deg: 60, range_m: 100, height_m: 6 };
  const seen = {
    geometry: { type: 'MultiPolygon', coordinates: [] },
    properties: pose,
  } as unknown as Viewshed;
  const cameras = [1, 2, 3, 4, 5].map((fid) => camera(fid));
  const viewsheds = new Map<number, Viewshed | null>([
    [1, seen],
    [2, null],
    [5, seen],
  ]);
  const drawn = draw({ ranked: ranked([], cameras), viewsheds, camera: 1 }, incident('a'));
  expect([drawn.camera.length, drawn.sight.length, drawn.cone.length, drawn.view.length]).toEqual([
    5, 4, 1, 1,
  ]);
  expect(drawn.camera.map(({ properties }) => properties.label)).toEqual(['F1', 'F2', 'F3', 'F4', '']);
});
it('proposed units have their way, or a straight line; others have only their number', () => {
  const way = {
    type: 'LineString',
    coordinates: [
      [120, 28],
      [120.1, 28.1],
    ],
  };
  const rows = [row('u1', { route: way }), row('u2'), row('u3', { proposed_for: null }), row('away')];
  const drawn = draw({ ranked: ranked(rows, []), fleet: fleet('u1', 'u2', 'u3') }, incident('a'));
  expect(drawn.route.map(({ properties }) => properties.road)).toEqual([true, false]);
  expect(drawn.eta.map(({ properties }) => properties.label)).toEqual(['1 · 3 min', '2 · 3 min']);
  expect(drawn.badge.map(({ properties }) => properties.label)).toEqual(['1', '2', '3']);
});
it('what was ranked for another incident is not drawn', () => {
  const drawn = draw(
    { chosen: 'b', ranked: ranked([row('u1')], [camera(1)]), fleet: fleet('u1') },
    incident('b'),
  );
  expect([drawn.camera, drawn.route, drawn.badge]).toEqual([[], [], []]);
});
it('what those proposed would leave is drawn where it is known, and only of the chosen incident', () => {
  const area = { type: 'MultiPolygon', coordinates: [[[[120, 28]]]] };
  const leaves = [{ service: 'police', area }, { service: 'fire' }];
  const those = { ...ranked([row('u1')], []) };
  those.units = { tag: 'ok', value: { items: [], leaves }, at_ms: 0 } as never;
  const drawn = draw({ ranked: those }, incident('a'));
  expect(drawn.left).toEqual([{ geometry: area, properties: { label: 'no police' } }]);
  expect(draw({ ranked: those, chosen: 'b' }, incident('b')).left).toEqual([]);
});
it('zones are drawn whichever incident is chosen', () => {
  const geometry = { type: 'MultiPolygon', coordinates: [] };
  const zones = [{ id: 'z', incident: 'b', reason: 'gas', geometry }] as never;
  expect(draw({ zones }, incident('a')).zone).toEqual([
    { geometry, properties: { incident: 'b', label: 'gas' } },
  ]);
});
it('closures of several lines are drawn line by line', () => {
  const geometry = {
    type: 'MultiLineString',
    coordinates: [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ],
  };
  const closures = [{ geometry, reason: 'burst pipe', holds: true }] as never;
  expect(draw({ closures }).closure.map(({ properties }) => properties.slow)).toEqual([false, false]);
});

it('a cone begins and ends at its camera and looks where it should', () => {
  const ring = sector({ lon: 120, lat: 28 }, 90, 60, 100);
  expect(ring[0]).toEqual(ring.at(-1));
  const east = ring[Math.floor(ring.length / 2)] as [number, number];
  expect(east[0]).toBeGreaterThan(120.0009);
  expect(east[1]).toBeCloseTo(28, 3);
});

it('a time stands so many metres before the scene, on a short way in its middle', () => {
  // A hundredth of a degree of latitude is 1,112 m.
  const line: [number, number][] = [
    [120, 28],
    [120, 28.01],
    [120, 28.02],
  ];
  expect(before(line, 1112)[1]).toBeCloseTo(28.01, 4);
  expect(before(line, 556)[1]).toBeCloseTo(28.015, 4);
  expect(before(line, 99_999)[1]).toBeCloseTo(28.01, 4);
});
