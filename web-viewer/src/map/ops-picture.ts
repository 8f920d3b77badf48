/** What the map shows of operations, as shapes: from what is known to what is drawn, without a map. */
import type { Fleet } from '../live/apply';
import { type Desk, hasEnded } from '../live/incidents';
import type { Ranked } from '../state/console';
import { CAMERA_KEYS, UNIT_KEYS } from '../state/keys';
import { apart_m, placeOf } from '../state/place';
import type { Point } from '../state/selection';
import type { Area, Closure, Leaves, RankedCamera, RankedUnit, Viewshed } from '../wire/operations';
import type { Zone } from '../wire/zones';
import { circle, sector } from './mercator';
import { NO_RING, type RingPicture } from './ring-picture';

type Position = [number, number];
export type Shape =
  | { type: 'Point'; coordinates: Position }
  | { type: 'LineString'; coordinates: Position[] }
  | { type: 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: number[][][][] };
export interface Drawn {
  geometry: Shape;
  properties: Record<string, string | number | boolean>;
}

/** Features by source. */
export interface OpsPicture extends RingPicture {
  incident: Drawn[];
  draft: Drawn[];
  camera: Drawn[];
  cone: Drawn[];
  sight: Drawn[];
  view: Drawn[];
  route: Drawn[];
  eta: Drawn[];
  badge: Drawn[];
  closure: Drawn[];
  /** What those proposed would leave without anybody near. */
  left: Drawn[];
  zone: Drawn[];
}

export const NO_PICTURE: OpsPicture = {
  incident: [],
  draft: [],
  camera: [],
  cone: [],
  sight: [],
  view: [],
  route: [],
  eta: [],
  badge: [],
  closure: [],
  left: [],
  zone: [],
  ...NO_RING,
};

export interface Known {
  desk: Desk;
  chosen: string | null;
  draft: Point | null;
  ranked: Ranked | null;
  viewsheds: ReadonlyMap<number, Viewshed | null>;
  camera: number | null;
  closures: readonly Closure[];
  zones: readonly Zone[];
  /** Of a page that has one. */
  ring?: RingPicture;
  fleet: Fleet;
  /** How long until a unit is there, in words. */
  eta: (row: RankedUnit) => string;
  /** Who is not near any longer, in words. */
  left: (leaves: Leaves) => string;
}

const point = (at: Point): Shape => ({ type: 'Point', coordinates: [at.lon, at.lat] });

export function opsPicture(known: Known): OpsPicture {
  const one = known.chosen === null ? undefined : known.desk.incidents.get(known.chosen);
  const scene = one === undefined ? null : placeOf(one);
  const mine = known.ranked?.incident === known.chosen ? known.ranked : null;
  const cameras = mine?.cameras.tag === 'ok' ? mine.cameras.value.items : [];
  const units = mine?.units.tag === 'ok' ? mine.units.value.items : [];
  const accuracy_m = one?.location.accuracy_m ?? 0;
  const rough: Drawn[] =
    scene !== null && accuracy_m > 10
      ? [
          {
            geometry: { type: 'LineString', coordinates: circle(scene.lon, scene.lat, accuracy_m) },
            properties: {},
          },
        ]
      : [];
  const routes = scene === null ? [] : units.flatMap((row, i) => route(row, i, scene, known));
  const draft: Drawn[] = known.draft === null ? [] : [{ geometry: point(known.draft), properties: {} }];
  return {
    incident: incidents(known),
    draft: [...draft, ...rough],
    camera: cameras.map((camera, i) => ({
      geometry: point(camera),
      properties: cameraLook(camera, i, known),
    })),
    cone: cameras.slice(0, CAMERA_KEYS).flatMap((camera, i) => cone(camera, i, known)),
    sight:
      scene === null ? [] : cameras.slice(0, CAMERA_KEYS).map((camera, i) => sight(camera, i, scene, known)),
    view: view(known),
    route: routes.map(({ drawn }) => drawn),
    eta: routes.map(({ eta }) => eta),
    badge: units.flatMap((row, i) => badge(row, i, known)),
    closure: known.closures.flatMap(closure),
    left: mine?.units.tag === 'ok' ? (mine.units.value.leaves ?? []).flatMap((one) => left(one, known)) : [],
    zone: known.zones.map(zone),
    ...(known.ring ?? NO_RING),
  };
}

function incidents({ desk, chosen }: Known): Drawn[] {
  const drawn: Drawn[] = [];
  for (const one of desk.incidents.values()) {
    const { id, priority } = one;
    const place = placeOf(one);
    if (place === null || (hasEnded(one) && id !== chosen)) continue;
    drawn.push({
      geometry: point(place),
      // More urgent ones lie above, the chosen one above all.
      properties: { id, priority, chosen: id === chosen, above: id === chosen ? 9 : 5 - priority },
    });
  }
  return drawn;
}

/** `yes`, `turn`, `blocked`, `off` or `other`: each has a line of its own. */
export function lookOf(camera: RankedCamera): 'yes' | 'turn' | 'blocked' | 'off' | 'other' {
  if (camera.online === false) return 'off';
  switch (camera.sees) {
    case 'yes':
      return 'yes';
    case 'after_turn':
      return 'turn';
    case 'blocked':
      return 'blocked';
    default:
      return 'other';
  }
}

function cameraLook(camera: RankedCamera, i: number, known: Known) {
  return {
    fid: camera.fid,
    label: i < CAMERA_KEYS ? `F${i + 1}` : '',
    look: lookOf(camera),
    icon: camera.online === false ? 'onemap-camera-off' : 'onemap-camera',
    chosen: camera.fid === known.camera,
  };
}

function cone(camera: RankedCamera, i: number, known: Known): Drawn[] {
  const pose = known.viewsheds.get(camera.fid)?.properties;
  if (pose === undefined) return [];
  const ring = sector(
    camera,
    pose.azimuth_deg ?? 0,
    pose.azimuth_deg === null ? 360 : pose.angle_deg,
    pose.range_m,
  );
  return [{ geometry: { type: 'Polygon', coordinates: [ring] }, properties: cameraLook(camera, i, known) }];
}

function sight(camera: RankedCamera, i: number, scene: Point, known: Known): Drawn {
  const coordinates: Position[] = [
    [camera.lon, camera.lat],
    [scene.lon, scene.lat],
  ];
  return { geometry: { type: 'LineString', coordinates }, properties: cameraLook(camera, i, known) };
}

function view({ camera, viewsheds }: Known): Drawn[] {
  const seen = camera === null ? undefined : viewsheds.get(camera);
  return seen == null ? [] : [{ geometry: seen.geometry, properties: {} }];
}

/** The way of a proposed unit, and when it is there; a straight, dashed line where no way by road came with it. */
function route(row: RankedUnit, i: number, scene: Point, known: Known): { drawn: Drawn; eta: Drawn }[] {
  if (row.proposed_for == null) return [];
  const way = row.route as unknown as { type?: string; coordinates?: Position[] } | null | undefined;
  const unit = known.fleet.units.get(row.unit);
  const road = way?.type === 'LineString' && (way.coordinates?.length ?? 0) > 1;
  const straight: Position[] =
    unit === undefined
      ? []
      : [
          [unit.lon, unit.lat],
          [scene.lon, scene.lat],
        ];
  const line = road ? (way.coordinates as Position[]) : straight;
  if (line.length < 2) return [];
  // Ways meet before the scene: each time stands a little farther off than the one before.
  const at = before(line, LABEL_M * (i + 1));
  return [
    {
      drawn: { geometry: { type: 'LineString', coordinates: line }, properties: { road } },
      eta: {
        geometry: { type: 'Point', coordinates: at },
        properties: { label: `${i + 1} · ${known.eta(row)}` },
      },
    },
  ];
}

/** How far from the scene the first time stands, metres: beside its sign, and in sight with it. */
const LABEL_M = 180;

/** The place on a line so many metres before its end; its middle when it is shorter than twice that. */
export function before(line: readonly Position[], distance_m: number): Position {
  const legs = line.slice(1).map((to, i) => {
    const from = line[i] as Position;
    return { from, to, m: apart_m({ lon: from[0], lat: from[1] }, { lon: to[0], lat: to[1] }) };
  });
  let left = Math.min(distance_m, legs.reduce((sum, { m }) => sum + m, 0) / 2);
  for (const { from, to, m } of legs.reverse()) {
    if (left <= m && m > 0)
      return [to[0] + ((from[0] - to[0]) * left) / m, to[1] + ((from[1] - to[1]) * left) / m];
    left -= m;
  }
  return line[0] as Position;
}

function badge(row: RankedUnit, i: number, { fleet }: Known): Drawn[] {
  const unit = fleet.units.get(row.unit);
  if (unit === undefined || i >= UNIT_KEYS) return [];
  return [
    { geometry: point(unit), properties: { label: String(i + 1), proposed: row.proposed_for != null } },
  ];
}

function left(leaves: Leaves, known: Known): Drawn[] {
  const area = leaves.area as unknown as Area | null | undefined;
  return area == null ? [] : [{ geometry: area, properties: { label: known.left(leaves) } }];
}

function zone({ geometry, incident, reason }: Zone): Drawn {
  return { geometry, properties: { incident, label: reason } };
}

function closure({ geometry, slower, reason }: Closure): Drawn[] {
  const shape = geometry as unknown as { type?: string; coordinates?: unknown };
  const parts =
    shape.type === 'MultiLineString'
      ? (shape.coordinates as Position[][]).map((coordinates) => ({
          type: 'LineString' as const,
          coordinates,
        }))
      : ['LineString', 'Polygon', 'MultiPolygon'].includes(shape.type ?? '')
        ? [shape as Shape]
        : [];
  return parts.map((part) => ({ geometry: part, properties: { slow: slower != null, label: reason } }));
}
