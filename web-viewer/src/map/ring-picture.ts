/** The ring of review as shapes: how far somebody came, whose recordings there are, and what came of them. */
import { lookOf, type Ring, type RingRow } from '../state/ring';
import { circle } from './mercator';
import type { Drawn } from './ops-picture';

export interface RingPicture {
  /** How far somebody comes. */
  reach: Drawn[];
  /** Cameras, and where somebody was last seen. */
  review: Drawn[];
}

export const NO_RING: RingPicture = { reach: [], review: [] };

/** Numbers beyond this are left to the list: nobody looks for camera 312 on a map. */
const NUMBERED = 99;

/** `label` says a time in words, seconds. */
export function ringPicture(
  ring: Ring | null,
  rows: readonly RingRow[],
  chosen: number | null,
  label: (seconds: number) => string,
): RingPicture {
  if (ring?.part.tag !== 'ok') return NO_RING;
  const { lon, lat, accuracy_m } = ring.part.value.last_seen;
  const reach: Drawn[] = ring.reach.map(({ geometry, properties: { seconds } }) => ({
    geometry,
    properties: { label: label(seconds) },
  }));
  const cameras: Drawn[] = rows.map((row) => ({
    geometry: { type: 'Point', coordinates: [row.lon, row.lat] },
    properties: {
      fid: row.fid,
      look: lookOf(row),
      label: row.n <= NUMBERED ? String(row.n) : '',
      chosen: row.fid === chosen,
      // Those that are passed first lie above, those in which something was seen above them.
      above: lookOf(row) === 'seen' ? 1 : -row.n,
    },
  }));
  const rough: Drawn[] =
    accuracy_m > 10
      ? [
          {
            geometry: { type: 'LineString', coordinates: circle(lon, lat, accuracy_m) },
            properties: { label: '' },
          },
        ]
      : [];
  const start: Drawn = {
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties: { look: 'start', above: 2 },
  };
  return { reach: [...reach, ...rough], review: [...cameras, start] };
}
