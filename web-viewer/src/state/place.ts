import type { Incident } from '../wire/operations';
import type { Point } from './selection';

/** Mean radius of the earth, metres (IUGG). */
export const EARTH_RADIUS_M = 6_371_008.8;

/** How near an incident is looked at: its cameras and the last streets of the ways to it. */
export const INCIDENT_ZOOM = 15.5;

/** Metres between two places: over the flat ground around them, which is exact enough for a neighbourhood. */
export function apart_m(a: Point, b: Point): number {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  const y = (b.lat - a.lat) * rad;
  return Math.hypot(x, y) * EARTH_RADIUS_M;
}

/** Where an incident is; null while nobody knows. */
export function placeOf({ location: { lon, lat } }: Pick<Incident, 'location'>): Point | null {
  return lon == null || lat == null ? null : { lon, lat };
}

const WINDS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;

/** In which of the eight directions of the compass a place lies from another. */
export function bearing(from: Point, to: Point): (typeof WINDS)[number] {
  const east = (to.lon - from.lon) * Math.cos(((from.lat + to.lat) / 2) * (Math.PI / 180));
  const turn = Math.atan2(east, to.lat - from.lat) / (Math.PI / 4);
  return WINDS[(Math.round(turn) + 8) % 8] ?? 'n';
}
