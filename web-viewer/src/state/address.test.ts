import { expect, it } from 'vitest';
import { readAddress, readToken, writeAddress } from './address';

it('what is written is read again', () => {
  const address = { view: { zoom: 12.5, lat: 28.00012, lon: 120.65523 }, on: ['roads', 'cameras'] };
  expect(writeAddress(address)).toBe('#map=12.50/28.00012/120.65523&on=roads,cameras');
  expect(readAddress(writeAddress(address))).toEqual(address);
});
it('all switched off is not the same as never switched', () => {
  expect(readAddress('#on=').on).toEqual([]);
  expect(readAddress('').on).toBeNull();
});
it.each(['#map=1/2', '#map=a/b/c', '#map=12//120', '#map=12/91/0', '#map=99/1/1', '#x'])(
  '%s is no view',
  (hash) => expect(readAddress(hash).view).toBeNull(),
);

it('a token is read where it is one', () => {
  const token = '0123456789abcdef'.repeat(4);
  expect(readToken(`#token=${token}`)).toBe(token);
  for (const hash of [
    '',
    '#token=',
    `#token=${token}0`,
    `#map=1/2/3&token=${token}`,
    `#token=${token.toUpperCase()}`,
  ])
    expect(readToken(hash)).toBe(null);
});
