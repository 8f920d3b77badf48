/** Zones and what helps near an incident, as the server tells of them; see `docs/zones.md` and `docs/nearest.md`. */
import type { Answer } from './client';
import type { Area, Ask } from './operations';

/** What was last said of a place. */
export interface SaidState {
  value: Readonly<Record<string, string | number | boolean>>;
  source: string;
  at: string;
}

/** A hydrant, an AED, a shelter, a hospital… */
export interface Resource {
  id: string;
  fid: number;
  name: string | null;
  lon: number;
  lat: number;
  straight_m: number;
  /** Absent where nobody drives there. */
  road_m?: number;
  eta_s?: number;
  state?: SaidState;
}

export interface ResourcesOfKind {
  kind: string;
  nearest: Resource[];
}

export interface Zone {
  id: string;
  incident: string;
  purpose: 'evacuation' | 'cordon';
  reason: string;
  shape: 'circle' | 'cone' | 'drawn';
  geometry: Area;
  wind?: { text: string; old: boolean } | null;
  by: string;
  at: string;
}

export type Mark = 'open' | 'told' | 'left' | 'refused';

/** A building in a zone, as only the lead is told of it. */
export interface ZoneBuilding {
  /** Its number in tiles; null where there is no footprint: such a one cannot be marked. */
  building: string | null;
  name: string | null;
  address: string | null;
  mark: Mark;
  lon: number;
  lat: number;
  registered: number;
  need_help: number;
  homes_not_shown: number;
}

/** A zone with who and what lies in it. */
export interface ZoneFound extends Zone {
  people: { code: string; text: string; buildings_more?: number };
  sites: { fid: number; kind: string; name: string | null; lon: number; lat: number }[];
  exits: { fid: number; name: string | null; class: string; cars: string; lon: number; lat: number }[];
  shelters: Resource[];
  progress: { told: number; left: number; refused: number };
  buildings?: ZoneBuilding[];
}

export interface ZoneAsk {
  incident: string;
  reason: string;
  circle?: { lon: number; lat: number; radius_m: number };
  cone?: { lon: number; lat: number; length_m: number };
}

export interface Zoning {
  resources(incident: string, k: number): Promise<Answer<{ resources: ResourcesOfKind[] }>>;
  zones(): Promise<Answer<{ zones: Zone[] }>>;
  zone(id: string): Promise<Answer<ZoneFound>>;
  drawZone(key: string, ask: ZoneAsk): Promise<Answer<ZoneFound>>;
  liftZone(key: string, id: string): Promise<Answer<unknown>>;
  markBuilding(key: string, zone: string, building: string, mark: Mark): Promise<Answer<unknown>>;
}

const ZONES = '/api/v1/zones';

export function makeZoning(ask: Ask): Zoning {
  const of = (id: string) => `${ZONES}/${encodeURIComponent(id)}`;
  return {
    resources: (incident, k) =>
      ask('GET', `/api/v1/incidents/${encodeURIComponent(incident)}/resources?k=${k}`),
    zones: () => ask('GET', ZONES),
    zone: (id) => ask('GET', of(id)),
    drawZone: (key, body) => ask('POST', ZONES, body, { 'idempotency-key': key }),
    liftZone: (key, id) => ask('DELETE', of(id), undefined, { 'idempotency-key': key }),
    markBuilding: (key, zone, building, mark) =>
      ask(
        'POST',
        `${of(zone)}/buildings/${encodeURIComponent(building)}`,
        { mark },
        { 'idempotency-key': key },
      ),
  };
}
