/** What the server answers, as far as this viewer reads it. Generated types replace these when they exist. */

export interface Session {
  user: string;
  roles: string[];
  scope: string;
  /** The unit that the login stands for, if it is one. */
  unit?: string;
  expires_at: string;
}

export interface Item {
  id: string;
  fid: number;
  distance_m: number;
  lon: number;
  lat: number;
  properties: Record<string, unknown>;
}

export interface Found {
  count: number | null;
  items: Item[];
}

export interface MultiPolygon {
  type: 'MultiPolygon';
  coordinates: number[][][][];
}

/** Counts are null where they are too small to be told. They stand for `outline`, never for the circle asked. */
export interface People {
  residents: number | null;
  households: number | null;
  /** Of all of `need_help_outline`; null is "not known", never "few". */
  need_help: number | null;
  /** Share of `residents` for whom it is known; below 1 the number leaves people out. */
  need_help_known_share?: number | null;
  need_help_residents?: number | null;
  need_help_outline?: MultiPolygon | null;
  outline: MultiPolygon | null;
}

export const FOUND_KINDS = ['houses', 'enterprises', 'cameras', 'units', 'places'] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

/** A kind is absent or null when the caller may not see it. */
export type Surroundings = { people?: People | null } & { [K in FoundKind]?: Found | null };

/** One switchable part of the map, as the style's `metadata["onemap:groups"]` lists it. */
export interface StyleGroup {
  id: string;
  layer: string;
  zh: string;
  en: string;
  on: boolean;
}
