/** The live socket's messages; see `docs/wire.md`. */
import type { Incident } from './operations';
import type { Scene } from './walls';

export interface UnitRecord {
  n: number;
  id: string;
  fid?: number;
  kind: string;
  call_sign: string;
  org: string | null;
  skills: string[];
  duty: string;
  availability: string;
  link: string;
  lon: number | null;
  lat: number | null;
  at: string | null;
  heading_deg: number | null;
  speed_mps: number | null;
  accuracy_m: number | null;
  /** How often it reports, once the server knows. */
  interval_s?: number | null;
}

/** One line of the table of links: up to `floor_s`, or so many intervals of the unit's own, whichever is more. */
export interface LinkRow {
  link: string;
  floor_s: number;
  intervals: number;
}

/** `[n, lon_e6, lat_e6, at_ms, heading_deg, speed_dms, accuracy_m]` */
export type MovedRow = [number, number, number, number, number | null, number | null, number | null];

export type LiveMessage =
  | {
      t: 'snapshot';
      seq: number | null;
      epoch: number | string | null;
      now: string;
      revisions: Record<string, number | string>;
      units: UnitRecord[];
      links?: LinkRow[];
      /** Events after `seq` follow instead of `incidents`: nothing that the page has is lost. */
      resumed?: boolean;
      incidents?: Incident[];
    }
  | {
      t: 'event';
      seq: number;
      epoch: number | string;
      kind: string;
      at: string;
      by: string;
      id: string;
      /** Null when it left this viewer's sight. */
      incident: Incident | null;
    }
  | { t: 'units'; units: UnitRecord[] }
  | { t: 'positions'; now: string; moved: MovedRow[] }
  | { t: 'gone'; units: number[] }
  | { t: 'revision'; layer: string; revision: number | string }
  | {
      t: 'heartbeat';
      now: string;
      sources?: Record<string, { at: string | null; age_s: number | null }>;
      alarms?: { code: string; detail: string; since: string }[];
    }
  /** To walls only: what a desk has put on this one. */
  | { t: 'scene'; now: string; scene: Scene | null }
  | { t: 'lagged'; missed: number }
  | { t: 'bye'; reason: string };

export type Bounds = [west: number, south: number, east: number, north: number];

const KNOWN = new Set([
  'snapshot',
  'event',
  'units',
  'positions',
  'gone',
  'revision',
  'heartbeat',
  'scene',
  'lagged',
  'bye',
]);

/** Null for what is not a message we know: a newer server may say more, and that must not stop the page. */
export function readMessage(text: unknown): LiveMessage | null {
  if (typeof text !== 'string') return null;
  try {
    const value = JSON.parse(text) as { t?: unknown };
    return typeof value.t === 'string' && KNOWN.has(value.t) ? (value as LiveMessage) : null;
  } catch {
    return null;
  }
}

/** The last event that the page has, and the log that it is of. */
export interface Since {
  seq: number | null;
  epoch: number | string | null;
}

/** `wall` is the name of the wall that this page is; it is told its scenes then. */
export function hello(
  bounds: Bounds | null,
  { seq, epoch }: Since = { seq: null, epoch: null },
  { wall, max_hz }: { wall?: string; max_hz?: number } = {},
): string {
  const more = wall === undefined ? {} : { wall };
  // A wall is looked at from afar: one move a second is what an eye follows there.
  const hz = max_hz ?? (wall === undefined ? 5 : 1);
  return JSON.stringify({ hello: { since: seq, epoch, bounds, layers: ['units'], max_hz: hz, ...more } });
}

export function view(bounds: Bounds): string {
  return JSON.stringify({ view: { bounds } });
}
