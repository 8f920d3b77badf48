/** What a unit in the field says to the server and is told by it; see `docs/unit.md`. */
import type { Session } from './answers';
import type { Answer } from './client';
import type { Ask, Incident, RosterUnit } from './operations';

/** A fix of this device, WGS84, with its own clock's time. */
export interface Fix {
  lon: number;
  lat: number;
  /** Milliseconds since 1970 by this device's clock. */
  at_ms: number;
  /** Radius of doubt, metres. */
  accuracy_m: number | null;
  speed_mps: number | null;
  heading_deg: number | null;
}

/** A fix as it is reported: `obs` tells the server which one it has already. */
export interface Reported extends Fix {
  obs: string;
}

/** What became of a batch; numbers are places in it. */
export interface Posted {
  accepted: number;
  quarantined: { index: number; code: string }[];
  rejected: { index: number; code: string }[];
}

/** A command on its way: the path, the body as it was when somebody pressed, and the id that makes asking again safe. */
export interface Sending {
  id: string;
  path: string;
  body: Readonly<Record<string, unknown>> | null;
}

export interface Field {
  session(): Promise<Answer<Session>>;
  login(user: string, password: string): Promise<Answer<Session>>;
  logout(): Promise<Answer<null>>;
  /** The units that this login sees: for a unit in the field, itself. */
  self(): Promise<Answer<{ units: RosterUnit[] }>>;
  positions(unit: string, fixes: readonly Reported[], channel: string | null): Promise<Answer<Posted>>;
  send(what: Sending): Promise<Answer<Incident & { label?: string }>>;
  /** The house nearest to a place, for words where it is. */
  house(lon: number, lat: number, within_m: number): Promise<Answer<{ items: NearHouse[] }>>;
}

export interface NearHouse {
  distance_m: number;
  properties: { address?: unknown };
}

const SESSION = '/api/v1/session';

export function makeField(ask: Ask): Field {
  return {
    session: () => ask('GET', SESSION),
    login: (user, password) => ask('POST', SESSION, { user, password }),
    logout: () => ask('DELETE', SESSION),
    self: () => ask('GET', '/api/v1/units'),
    positions: (unit, fixes, channel) =>
      ask(
        'POST',
        '/api/v1/positions',
        fixes.map((fix) => row(unit, fix, channel)),
      ),
    // The key in the header is for what carries none in its body.
    send: ({ id, path, body }) => ask('POST', path, body ?? undefined, { 'idempotency-key': id }),
    house: (lon, lat, within_m) =>
      ask('GET', `/api/v1/nearest/houses?lon=${lon}&lat=${lat}&k=1&max_distance_m=${within_m}`),
  };
}

function row(unit: string, fix: Reported, channel: string | null): Record<string, unknown> {
  const { lon, lat, at_ms, obs, accuracy_m, speed_mps, heading_deg } = fix;
  const given = Object.entries({ accuracy_m, speed_mps, heading_deg, channel }).filter(
    ([, value]) => value !== null,
  );
  return { unit, lon, lat, at: new Date(at_ms).toISOString(), obs, ...Object.fromEntries(given) };
}

/** The path of a command to an order. */
export function orderPath(assignment: string): string {
  return `/api/v1/assignments/${encodeURIComponent(assignment)}/commands`;
}

/** The path of a command to an incident. */
export function incidentPath(incident: string): string {
  return `/api/v1/incidents/${encodeURIComponent(incident)}/commands`;
}

/** The path of a unit's call for help. */
export function distressPath(unit: string): string {
  return `/api/v1/units/${encodeURIComponent(unit)}/distress`;
}
