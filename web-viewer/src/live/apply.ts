import type { LiveMessage, MovedRow, UnitRecord } from '../wire/live';

/** A unit as the page knows it: its record, and its last fix by the fix's own time. */
export interface Unit {
  n: number;
  id: string;
  kind: string;
  call_sign: string;
  org: string | null;
  skills: readonly string[];
  duty: string;
  availability: string;
  link: string;
  lon: number;
  lat: number;
  at_ms: number;
  heading_deg: number | null;
  speed_mps: number | null;
  accuracy_m: number | null;
  /** How often it reports, seconds; null until the server knows. */
  interval_s: number | null;
}

/** All units in sight. Numbers stand for units on one connection only, so ids are the keys that last. */
export interface Fleet {
  readonly units: ReadonlyMap<string, Unit>;
  readonly ids: ReadonlyMap<number, string>;
}

export const NO_FLEET: Fleet = { units: new Map(), ids: new Map() };

/** The fleet after a message. Messages that say nothing about units give the same fleet back. */
export function apply(fleet: Fleet, message: LiveMessage): Fleet {
  switch (message.t) {
    case 'snapshot':
      return join(NO_FLEET, message.units);
    case 'units':
      return message.units.length === 0 ? fleet : join(fleet, message.units);
    case 'positions':
      return message.moved.length === 0 ? fleet : move(fleet, message.moved);
    case 'gone':
      return message.units.length === 0 ? fleet : leave(fleet, message.units);
    case 'event':
    case 'revision':
    case 'heartbeat':
    case 'scene':
    case 'lagged':
    case 'bye':
      return fleet;
  }
}

function join(fleet: Fleet, records: readonly UnitRecord[]): Fleet {
  const units = new Map(fleet.units);
  const ids = new Map(fleet.ids);
  for (const record of records) {
    const unit = fromRecord(record);
    if (unit === null) continue;
    const known = units.get(unit.id);
    units.set(unit.id, known && known.at_ms > unit.at_ms ? { ...unit, ...fixOf(known) } : unit);
    ids.set(unit.n, unit.id);
  }
  return { units, ids };
}

function move(fleet: Fleet, rows: readonly MovedRow[]): Fleet {
  const units = new Map(fleet.units);
  for (const [n, lon_e6, lat_e6, at_ms, heading_deg, speed_dms, accuracy_m] of rows) {
    const id = fleet.ids.get(n);
    const unit = id === undefined ? undefined : units.get(id);
    // A late fix does not move a unit back.
    if (unit === undefined || at_ms < unit.at_ms) continue;
    units.set(unit.id, {
      ...unit,
      lon: lon_e6 / 1e6,
      lat: lat_e6 / 1e6,
      at_ms,
      heading_deg,
      speed_mps: speed_dms === null ? null : speed_dms / 10,
      accuracy_m,
    });
  }
  return { units, ids: fleet.ids };
}

function leave(fleet: Fleet, numbers: readonly number[]): Fleet {
  const units = new Map(fleet.units);
  const ids = new Map(fleet.ids);
  for (const n of numbers) {
    const id = ids.get(n);
    if (id === undefined) continue;
    ids.delete(n);
    units.delete(id);
  }
  return { units, ids };
}

/** Null for a unit that never had a fix: it has no place on a map. */
function fromRecord(record: UnitRecord): Unit | null {
  const { lon, lat, at } = record;
  if (lon === null || lat === null || at === null) return null;
  const at_ms = Date.parse(at);
  if (!Number.isFinite(at_ms) || !Number.isFinite(lon) || !Number.isFinite(lat)) return null;
  return {
    n: record.n,
    id: record.id,
    kind: record.kind,
    call_sign: record.call_sign,
    org: record.org,
    skills: record.skills ?? [],
    duty: record.duty,
    availability: record.availability,
    link: record.link,
    lon,
    lat,
    at_ms,
    heading_deg: record.heading_deg,
    speed_mps: record.speed_mps,
    accuracy_m: record.accuracy_m,
    interval_s: record.interval_s ?? null,
  };
}

function fixOf(unit: Unit) {
  const { lon, lat, at_ms, heading_deg, speed_mps, accuracy_m } = unit;
  return { lon, lat, at_ms, heading_deg, speed_mps, accuracy_m };
}
