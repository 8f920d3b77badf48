import { expect, it } from 'vitest';
import { fill, sayAge, sayCode, words } from './index';

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

it('both languages have the same keys', () =>
  expect(Object.keys(words.en).sort()).toEqual(Object.keys(words.zh).sort()));
it('no word is empty', () => {
  for (const [key, text] of [...Object.entries(words.zh), ...Object.entries(words.en)])
    expect(text.trim(), key).not.toBe('');
});
it('both languages fill the same places', () => {
  for (const [key, text] of Object.entries(words.zh))
    expect(places(words.en[key as keyof typeof words.en]), key).toEqual(places(text));
});
it('a value without a place stays out, a place without a value stays seen', () =>
  expect(fill('{a} and {b}', { a: 1, c: 2 })).toBe('1 and {b}'));
it('says an age', () => {
  expect(sayAge(words.zh, { amount: 12, unit: 's' })).toBe('12 秒');
  expect(sayAge(words.en, { amount: 3, unit: 'min' })).toBe('3 min');
});
it('a code without a word is shown as it is', () => {
  expect(sayCode(words.en, 'availability', 'free')).toBe('Free');
  expect(sayCode(words.zh, 'kind', 'hovercraft')).toBe('hovercraft');
});
