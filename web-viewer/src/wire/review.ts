/** The ring of review as the server tells of it; see `docs/sight.md`. It knows places and times, and no person. */
import type { Answer } from './client';
import type { Area, Ask, Reason } from './operations';

/** How somebody went on. */
export type WentBy = 'foot' | 'car';

/** What came of a recording; `taken`: somebody looks through it. */
export type Watched = 'taken' | 'seen' | 'not_seen' | 'no_recording';

/** The newest word on a recording. */
export interface Recording {
  watched: Watched;
  by: string;
  at: string;
  text?: string | null;
}

/** A camera that may have been passed, and between when and when. */
export interface ReviewCamera {
  camera: string;
  fid: number;
  name: string | null;
  lon: number;
  lat: number;
  enter: string;
  leave: string;
  online?: boolean | null;
  /** Whether it is known where the camera looks. */
  posed: boolean;
  recording?: Recording | null;
}

export interface Review {
  last_seen: { lon: number; lat: number; accuracy_m: number; at: string };
  minutes: number;
  by: WentBy;
  /** What stands for the middle of a rough place that is closed, shut in or off any road. */
  middle?: Reason | null;
  /** Why no camera can be passed. */
  why?: Reason | null;
  /** Cameras that are passed later and are not in the list. */
  left_off: number;
  cameras: ReviewCamera[];
}

/** How far somebody comes, the longest time first. */
export interface Reach {
  features: { geometry: Area; properties: { seconds: number } }[];
}

export interface Reviewing {
  /** One row of the audit a look. */
  review(incident: string, minutes: number, by: WentBy): Promise<Answer<Review>>;
  reach(at: { lon: number; lat: number }, seconds: number[], by: WentBy): Promise<Answer<Reach>>;
}

export function makeReviewing(ask: Ask): Reviewing {
  return {
    review: (incident, minutes, by) =>
      ask('GET', `/api/v1/incidents/${encodeURIComponent(incident)}/review?minutes=${minutes}&by=${by}`),
    reach: ({ lon, lat }, seconds, by) =>
      ask('POST', '/api/v1/isochrones', { lon, lat, seconds, profile: by }),
  };
}
