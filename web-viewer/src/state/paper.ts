/** What stands on paper and under a picture that is kept: what it shows, when, from where, and how old its data was. */
import type { Incident } from '../wire/operations';
import { fill, sayCode, type Words } from '../words';
import type { LinkStanding } from './age';

/** The map as a picture, with who made the data of the ground; empty when nobody must be named. */
export interface Picture {
  canvas: HTMLCanvasElement;
  credit: string;
}

/** What paper needs of a map. */
export interface Paper {
  /** What the map shows now; null without one. */
  picture: () => Picture | null;
  /** The same with lines of words below, for a file that is looked at without the page. */
  framed: (picture: Picture, lines: readonly string[]) => HTMLCanvasElement;
}

export interface PaperFacts {
  incident: Incident | undefined;
  /** The city's name, where it is known. */
  city: string | null;
  /** Day and time of the picture, by the city's clock. */
  at: string;
  /** Time of the last word of the server; null: none yet. */
  heard: string | null;
  link: LinkStanding;
  user: string;
  /** The address of the server. */
  server: string;
  /** Who made the ground of the map. */
  credit: string;
}

/** What it is, in one line. */
export function titleOf(w: Words, { incident, city }: Pick<PaperFacts, 'incident' | 'city'>): string {
  const what =
    incident === undefined
      ? w.paperView
      : `${incident.id} P${incident.priority} ${sayCode(w, 'incident', incident.kind)} ${sayCode(w, 'phase', incident.phase)}`;
  return [w.name, city, what].filter(Boolean).join(' · ');
}

/** When it was made, by whom, from which server; of a link that is not good also how old the data is. */
export function sourceOf(w: Words, { at, heard, link, user, server, credit }: PaperFacts): string[] {
  const data =
    heard === null ? w.paperNoData : fill(w[link === 'good' ? 'paperData' : 'paperDataOld'], { time: heard });
  return [
    `${fill(w.paperMade, { time: at, user })} · ${data}`,
    [fill(w.paperSource, { server }), credit].filter(Boolean).join(' · '),
  ];
}

/** A name for a file: `onemap-20261127-225501-20261127-0007.png`; of what shows no incident without its number. */
export function fileOf(at: string, incident: string | null): string {
  const digits = at.replace(/\D/g, '');
  const stamp = `${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
  return `${['onemap', stamp, incident].filter(Boolean).join('-')}.png`;
}
