/** What is asked of operations and what comes back: incidents, orders, who could go, what could see it. */
import type { Answer } from './client';
import { makeReviewing, type Reviewing } from './review';
import type { components } from './types.gen';
import type { SceneAsk, TrendHour, Wall } from './walls';
import { makeZoning, type Zoning } from './zones';

type Schemas = components['schemas'];

export type Incident = Schemas['IncidentBody'];
export type Assignment = Schemas['AssignmentBody'];
export type Timer = Schemas['TimerBody'];
export type Reason = Schemas['Reason'];
export type RankedUnit = Schemas['RankedUnit'];
export type RankedUnits = Schemas['RankedUnits'];
export type RankedCamera = Schemas['RankedCamera'];
export type RankedCameras = Schemas['RankedCameras'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type Closure = Schemas['ClosureBody'];
export type Leaves = Schemas['LeavesBody'];
export type RosterUnit = Schemas['UnitBody'];

/** A unit that does not go: why, who has it if somebody does (for what, since when), and who is free instead. */
export interface Taken {
  unit: string;
  code: 'UNIT-TAKEN' | 'UNIT-OUT' | 'UNIT-DISTRESS';
  winner: { user: string; incident: string; since: string | null } | null;
  alternatives: string[];
}

/** A field that somebody else changed since the screen was drawn. */
export interface Changed {
  field: string;
  old: unknown;
  new: unknown;
  by: string;
}

export interface Warned {
  unit: string;
  code: string;
}

/** What came of a command: the incident after it, and of an order who got one and who was taken. */
export type Commanded = Incident & {
  assigned?: string[];
  already?: string[];
  taken?: Taken[];
  label?: string;
};

/** A new incident: with those who could go and what could see it, so that no second question is needed. */
export type Created = Incident & { units?: RankedUnits; cameras?: RankedCameras };

export interface NewIncident {
  kind: string;
  priority: number;
  source: string;
  lon?: number;
  lat?: number;
  text?: string;
  callers?: { number: string }[];
}

export interface Basis {
  seq?: number;
  unit_epoch?: number;
  recommendation?: string;
}

/** A command to an incident; each type has its own fields besides. */
export interface Command {
  command_id: string;
  type: string;
  basis?: Basis;
  confirm_token?: string;
  [field: string]: unknown;
}

/** A command to an order. */
export interface Progress {
  command_id: string;
  type: 'accept' | 'depart' | 'arrive' | 'clear' | 'decline' | 'recall';
  src?: 'voice' | 'avl';
  at?: string;
  reason?: string;
}

export type Area = { type: 'MultiPolygon'; coordinates: number[][][][] };

/** What a camera sees, and how it stands. */
export interface Viewshed {
  type: 'Feature';
  id: number;
  geometry: Area;
  properties: { azimuth_deg: number | null; angle_deg: number; range_m: number; height_m: number };
}

export interface Operations extends Zoning, Reviewing {
  createIncident(key: string, ask: NewIncident): Promise<Answer<Created>>;
  incident(id: string): Promise<Answer<Incident>>;
  timeline(id: string): Promise<Answer<{ items: TimelineEntry[] }>>;
  command(incident: string, command: Command): Promise<Answer<Commanded>>;
  progress(assignment: string, progress: Progress): Promise<Answer<Commanded>>;
  units(incident: string, k: number, level: number, why?: string): Promise<Answer<RankedUnits>>;
  cameras(incident: string, k: number): Promise<Answer<RankedCameras>>;
  viewshed(camera: number): Promise<Answer<Viewshed>>;
  closures(): Promise<Answer<{ closures: Closure[] }>>;
  roster(): Promise<Answer<{ units: RosterUnit[] }>>;
  trend(): Promise<Answer<{ hours: TrendHour[] }>>;
  walls(): Promise<Answer<{ walls: Wall[] }>>;
  showOnWall(wall: string, ask: SceneAsk): Promise<Answer<Wall>>;
  takeFromWall(wall: string): Promise<Answer<Wall>>;
}

export type Ask = <T>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer<T>>;

const INCIDENTS = '/api/v1/incidents';

export function makeOperations(ask: Ask): Operations {
  const sceneOf = (wall: string) => `/api/v1/walls/${encodeURIComponent(wall)}/scene`;
  const of = (id: string) => `${INCIDENTS}/${encodeURIComponent(id)}`;
  return {
    createIncident: (key, body) => ask('POST', INCIDENTS, body, { 'idempotency-key': key }),
    incident: (id) => ask('GET', of(id)),
    timeline: (id) => ask('GET', `${of(id)}/timeline`),
    command: (id, body) => ask('POST', `${of(id)}/commands`, body),
    progress: (id, body) => ask('POST', `/api/v1/assignments/${encodeURIComponent(id)}/commands`, body),
    units: (id, k, level, why) => {
      const more = why === undefined ? '' : `&why=${encodeURIComponent(why)}`;
      return ask('GET', `${of(id)}/units?k=${k}&level=${level}${more}`);
    },
    cameras: (id, k) => ask('GET', `${of(id)}/cameras?k=${k}`),
    viewshed: (fid) => ask('GET', `/api/v1/cameras/${fid}/viewshed`),
    closures: () => ask('GET', '/api/v1/closures'),
    roster: () => ask('GET', '/api/v1/units'),
    trend: () => ask('GET', '/api/v1/walls/trend'),
    walls: () => ask('GET', '/api/v1/walls'),
    showOnWall: (wall, scene) => ask('PUT', sceneOf(wall), scene),
    takeFromWall: (wall) => ask('DELETE', sceneOf(wall)),
    ...makeZoning(ask),
    ...makeReviewing(ask),
  };
}
