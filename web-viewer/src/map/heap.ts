/** Incidents that would lie on each other are drawn as the most urgent of them, with how many more there are. */

import { apart_m, placeOf } from '../state/place';
import type { Incident } from '../wire/operations';
import type { Drawn } from './ops-picture';

/** Signs nearer to each other than this hide each other, pixels of the map. */
const TOUCH_PX = 30;
/** Metres a pixel at zoom 0 on the equator, for tiles of 512 pixels. */
const ZOOM_0_M = 78_271.517;

export interface Heaped {
  /** The ones that are drawn. */
  incidents: Map<string, Incident>;
  /** `+4` beside them. */
  badges: Drawn[];
}

/** The most urgent first takes what lies under it; `chosen` is drawn whatever lies there. */
export function heap(all: Iterable<Incident>, chosen: string | null, zoom: number): Heaped {
  const drawn: { incident: Incident; more: number }[] = [];
  const sorted = [...all].sort(
    (a, b) =>
      Number(b.id === chosen) - Number(a.id === chosen) || a.priority - b.priority || (a.id < b.id ? -1 : 1),
  );
  for (const incident of sorted) {
    const place = placeOf(incident);
    if (place === null) continue;
    const touch_m = (TOUCH_PX * ZOOM_0_M * Math.cos((place.lat * Math.PI) / 180)) / 2 ** zoom;
    const over = drawn.find((one) => {
      const other = placeOf(one.incident);
      return other !== null && apart_m(place, other) < touch_m;
    });
    if (over === undefined) drawn.push({ incident, more: 0 });
    else over.more += 1;
  }
  const badges = drawn.flatMap(({ incident, more }): Drawn[] => {
    const place = placeOf(incident);
    if (more === 0 || place === null) return [];
    return [
      {
        geometry: { type: 'Point', coordinates: [place.lon, place.lat] },
        properties: { label: `+${more}`, proposed: true, heap: true },
      },
    ];
  });
  return { incidents: new Map(drawn.map(({ incident }) => [incident.id, incident])), badges };
}
