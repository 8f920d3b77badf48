import { expect, it } from 'vitest';
import { age, ageClass, linkAge, setLinks } from './age';

const check = (seconds: number) => {
  const { amount, unit } = age(seconds * 1000);
  return `${amount} ${unit}`;
};

it('seconds up to 99', () => expect([check(0), check(9.9), check(99)]).toEqual(['0 s', '9 s', '99 s']));
it('then minutes', () => expect([check(100), check(3600)]).toEqual(['1 min', '60 min']));
it('then hours and days', () => expect([check(6000), check(7200 * 30)]).toEqual(['1 h', '2 d']));
it('a fix from the future is of now', () => expect(check(-5)).toBe('0 s'));

it('a position fades after 15 s, is stale after a minute and off the map after five', () =>
  expect([15, 15.1, 60, 61, 300, 301].map((s) => ageClass(s * 1000))).toEqual([
    'fresh',
    'fading',
    'fading',
    'stale',
    'stale',
    'gone',
  ]));
it('a unit that reports seldom is measured by its own interval', () =>
  expect([120, 121, 360, 361, 1800, 1801].map((s) => ageClass(s * 1000, 60))).toEqual([
    'fresh',
    'fading',
    'fading',
    'stale',
    'stale',
    'gone',
  ]));
it("the table is the server's", () => {
  const own = [
    { link: 'live', floor_s: 15, intervals: 2 },
    { link: 'late', floor_s: 60, intervals: 6 },
    { link: 'stale', floor_s: 300, intervals: 30 },
  ];
  setLinks([{ link: 'live', floor_s: 5, intervals: 1 }]);
  expect([5, 6].map((s) => ageClass(s * 1000))).toEqual(['fresh', 'gone']);
  setLinks(undefined);
  expect(ageClass(6000)).toBe('gone');
  setLinks(own);
  expect(ageClass(6000)).toBe('fresh');
});

it('the link is amber over 5 s and red from 20 s', () =>
  expect([5.4, 6, 19.9, 20].map((s) => linkAge(s * 1000))).toEqual(['good', 'amber', 'amber', 'red']));
