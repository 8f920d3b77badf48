import { type Age, age, clockOf, type LinkStanding } from '../state/age';
import { KINDS } from './codes';
import { en } from './en';
import { zh } from './zh';

export { DISPOSITIONS, KINDS, SOURCES } from './codes';

export type Words = { readonly [K in keyof typeof zh]: string };
export type WordKey = keyof Words;
export const words = { zh, en } satisfies Record<string, Words>;
export type Language = keyof typeof words;

/** Puts values into `{places}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function sayAge(w: Words, { amount, unit }: Age): string {
  return fill(w[`age_${unit}`], { n: amount });
}

/** How the link stands; `last` is the city's time when something was last heard. */
export function sayLink(w: Words, standing: LinkStanding, silence_ms: number | null, last: string): string {
  switch (standing) {
    case 'off':
      return w.linkOff;
    case 'connecting':
      return w.linkConnecting;
    case 'good':
      return w.linkGood;
    case 'amber':
      return fill(w.linkLate, { age: sayAge(w, age(silence_ms ?? 0)) });
    case 'red':
      return fill(w.linkLost, { time: last });
  }
}

/** Families of codes that have words. */
export type Family =
  | 'alert'
  | 'availability'
  | 'cars'
  | 'day'
  | 'dir'
  | 'disposition'
  | 'do'
  | 'doubt'
  | 'duty'
  | 'errand'
  | 'event'
  | 'field'
  | 'found'
  | 'incident'
  | 'kind'
  | 'layer'
  | 'located'
  | 'mark'
  | 'mode'
  | 'order'
  | 'phase'
  | 'priority'
  | 'reason'
  | 'resource'
  | 'sees'
  | 'service'
  | 'sharing'
  | 'source'
  | 'step'
  | 'timer'
  | 'warning'
  | 'watched'
  | 'zone'
  | 'zonePurpose';

/** The word for a code of the server; a code without a word is shown as it is, which is better than nothing. */
export function sayCode(w: Words, family: Family, code: string): string {
  return (w as Readonly<Record<string, string>>)[`${family}_${code}`] ?? code;
}

/** The kinds of incident with what they are called here. */
export function kindNames(w: Words): { code: string; name: string }[] {
  return KINDS.map((code) => ({ code, name: sayCode(w, 'incident', code) }));
}

/** Words that were kept with their values, in the language of now. */
export function saidOf(
  w: Words,
  said: { key: WordKey; values?: Readonly<Record<string, string | number>> },
): string {
  return fill(w[said.key], said.values ?? {});
}

/** `2:10`, or from the earliest to the latest: `2:10–3:05`; seconds are given. */
export function saySpan(least_s: number, most_s: number = least_s): string {
  const [least, most] = [clockOf(least_s * 1000), clockOf(most_s * 1000)];
  return least === most ? least : `${least}–${most}`;
}
