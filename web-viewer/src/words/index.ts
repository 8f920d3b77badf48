import type { Age } from '../state/age';
import { en } from './en';
import { zh } from './zh';

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

/** The word for a code of the server; a code without a word is shown as it is, which is better than nothing. */
export function sayCode(w: Words, family: 'duty' | 'availability' | 'kind' | 'layer', code: string): string {
  return (w as Readonly<Record<string, string>>)[`${family}_${code}`] ?? code;
}
