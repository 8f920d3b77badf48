/** What is asked of the search and what it answers. */
import type { Answer } from './client';
import type { components } from './types.gen';

export type SearchItem = components['schemas']['SearchItem'];
export type Searched = components['schemas']['SearchBody'];

/** Asks for places by what people call them; `near` is where the map looks. */
export type AskSearch = (
  text: string,
  near: { lon: number; lat: number } | null,
  most: number,
) => Promise<Answer<Searched>>;

/** The path of a search. */
export function searchPath(text: string, near: { lon: number; lat: number } | null, most: number): string {
  const query = new URLSearchParams({ q: text, limit: String(most) });
  if (near !== null) {
    query.set('lon', near.lon.toFixed(6));
    query.set('lat', near.lat.toFixed(6));
  }
  return `/api/v1/search?${query}`;
}
