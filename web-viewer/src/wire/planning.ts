/** Coverage, sites and plans as the server tells of them; see `docs/coverage.md`. */
import type { Answer } from './client';
import type { Ask } from './operations';
import type { components } from './types.gen';

type Schemas = components['schemas'];

export type PlanLine = Schemas['PlanLine'];
export type PlanBody = Schemas['PlanBody'];
export type PlanAsk = Schemas['PlanAsk'];
export type PostPlace = Schemas['PostPlace'];

/** Of each limit in `limits_s` a number. */
export type ByLimit = number[];

export interface Hour {
  total: number;
  covered: ByLimit;
}

export interface WhatIfAnswer {
  text: string[];
  covered: ByLimit;
  units: number;
  gained: ByLimit;
  lost: ByLimit;
  places: { name: string; total: number; before: ByLimit; after: ByLimit }[];
  unknown: string[];
}

export interface Site {
  name: string;
  lon: number;
  lat: number;
  alone: number;
}

export interface Sites {
  text: string;
  places: Site[];
  covered: number;
  coverable: number;
  total: number;
  within_s: number;
  candidates: number;
  off_road: number[];
  reach: { total: number; limits_s: number[]; covered: ByLimit };
}

export interface Coverage {
  text: string;
  limits_s: number[];
  units: number;
  total: number;
  covered: ByLimit;
  /** Of each hour of the week, from Monday 0:00 by the clock of `hours_in`. */
  hours: Hour[];
  worst: { name: string; total: number; covered: ByLimit }[];
  points: number;
  points_off_road: number;
  from: string;
  hours_in: string | null;
  units_at: string;
  what_if?: WhatIfAnswer;
  sites?: Sites;
}

export interface CoverageAsk {
  kinds?: string[];
  what_if?: {
    stands: { unit: string; lon: number; lat: number }[];
    away: string[];
    closed: { type: 'LineString'; coordinates: number[][] }[];
  };
  sites?: { n: number; from: string; within_s: number; beside_units: boolean };
}

export interface Reach {
  type: 'FeatureCollection';
  features: {
    type: 'Feature';
    geometry: { type: string; coordinates: unknown };
    properties: { seconds: number };
  }[];
}

export interface Planning {
  coverage(ask: CoverageAsk): Promise<Answer<Coverage>>;
  reach(
    lon: number,
    lat: number,
    seconds: readonly number[],
    closed: readonly object[],
  ): Promise<Answer<Reach>>;
  plans(): Promise<Answer<{ plans: PlanLine[] }>>;
  plan(id: string): Promise<Answer<PlanBody>>;
  publish(plan: PlanAsk): Promise<Answer<PlanBody>>;
}

export function makePlanning(ask: Ask): Planning {
  return {
    coverage: (body) => ask('POST', '/api/v1/coverage', body),
    reach: (lon, lat, seconds, what_if) => ask('POST', '/api/v1/isochrones', { lon, lat, seconds, what_if }),
    plans: () => ask('GET', '/api/v1/plans'),
    plan: (id) => ask('GET', `/api/v1/plans/${encodeURIComponent(id)}`),
    publish: (body) => ask('POST', '/api/v1/plans', body),
  };
}

/** Where a version of a plan is to be had as a file. */
export function planFile({ id, version }: { id: string; version: number }, form: 'geojson' | 'gpx'): string {
  return `/api/v1/plans/${encodeURIComponent(id)}.${form}?version=${version}`;
}
