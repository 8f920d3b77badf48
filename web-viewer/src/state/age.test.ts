import { expect, it } from 'vitest';
import { age, ageClass, linkAge } from './age';

const check = (seconds: number) => {
  const { amount, unit } = age(seconds * 1000);
  return `${amount} ${unit}`;
};

it('seconds up to 99', () => expect([check(0), check(9.9), check(99)]).toEqual(['0 s', '9 s', '99 s']));
it('then minutes', () => expect([check(100), check(3600)]).toEqual(['1 min', '60 min']));
it('then hours and days', () => expect([check(6000), check(7200 * 30)]).toEqual(['1 h', '2 d']));
it('a fix from the future is of now', () => expect(check(-5)).toBe('0 s'));

it('a position fades at 30 s, is stale after 120 s and off the map after 15 min', () =>
  expect([29.9, 30, 120, 121, 900, 901].map((s) => ageClass(s * 1000))).toEqual([
    'fresh',
    'fading',
    'fading',
    'stale',
    'stale',
    'gone',
  ]));

it('the link is amber over 5 s and red from 20 s', () =>
  expect([5.4, 6, 19.9, 20].map((s) => linkAge(s * 1000))).toEqual(['good', 'amber', 'amber', 'red']));
