import { expect, it } from 'vitest';
import { holds } from './fonts';

it('a range holds its letters', () => {
  expect(holds('U+4E00-4E10,U+5CC3', '一')).toBe(true);
  expect(holds('U+4E00-4E10, U+5CC3', '峃')).toBe(true);
  expect(holds('U+4E00-4E10,U+5CC3', '漈')).toBe(false);
});
