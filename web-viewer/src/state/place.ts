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
