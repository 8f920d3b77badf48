/** What the wall's page knows besides the desk: where it looks, what a desk has put on it, what it hides. */
import type { RankedCamera } from '../wire/operations';
import type { Scene, TrendHour } from '../wire/walls';
import { cell } from './cell';
import { newTour, type Stop, shownOf, type Tour } from './tour';

export const tour = cell<Tour>(newTour(Date.now()));

/** What a desk has put on this wall; null: the tour goes. */
export const scene = cell<Scene | null>(null);

/** Guests are in the room: no words of incidents, no pictures. Kept in the address, so that a reload does not open it. */
export const curtain = cell(new URLSearchParams(location.search).has('curtain'));

/** Cameras of what is shown, best first; the pictures are asked for by their tiles. */
export interface WallCameras {
  incident: string;
  items: readonly Pick<RankedCamera, 'fid' | 'camera' | 'name' | 'distance_m' | 'sees'>[];
  /** Words of the server where none sees the place, or why there is no list. */
  none: string | null;
}
export const wallCameras = cell<WallCameras | null>(null);

/** Reports of the last 24 hours; null until the server has said so. */
export const trend = cell<readonly TrendHour[] | null>(null);

/** Whether a scene still stands: the server ends it too, but a wall whose link is lost must not show it for ever. */
export function stands(now: Scene | null, at_ms: number): now is Scene {
  return now !== null && at_ms < Date.parse(now.until);
}

/** The incident on the map, or null for a view without one. */
export function onWall(now: Tour, sent: Scene | null): Stop {
  return sent === null ? shownOf(now) : sent.incident;
}
