import { expect, it } from 'vitest';
import type { Press } from './keys';
import { readWallKey } from './wall-keys';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  keyCode: 0,
  isComposing: false,
  repeat: false,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});
const acts = (key: string, more: Partial<Press> = {}) => readWallKey(press(key, more), false)?.do;

it.each([
  ['0', 'city'],
  ['ArrowRight', 'next'],
  ['ArrowLeft', 'previous'],
  ['ArrowDown', 'below'],
  ['ArrowUp', 'above'],
  [' ', 'hold'],
  ['A', 'acknowledge'],
  ['k', 'lock'],
  ['c', 'curtain'],
  ['Ｃ', 'curtain'],
  ['l', 'layers'],
  ['H', 'heat'],
  ['f', 'full'],
])('%s does %s', (key, act) => expect(acts(key)).toBe(act));
it('digits choose a row, full-width ones too', () => {
  expect(readWallKey(press('7'), false)).toEqual({ do: 'row', n: 7 });
  expect(readWallKey(press('７'), false)).toEqual({ do: 'row', n: 7 });
});
it('what is typed into a field, composed, held or meant for the browser does nothing', () => {
  expect(readWallKey(press('a'), true)).toBe(null);
  for (const more of [
    { isComposing: true },
    { keyCode: 229 },
    { repeat: true },
    { ctrlKey: true },
    { altKey: true },
  ])
    expect(acts('a', more)).toBe(undefined);
  expect(acts('ArrowRight', { repeat: true })).toBe('next');
});
it('other keys are nobody’s', () => {
  for (const key of ['n', 'Enter', 'Escape', 'v', 'constructor', 'toString'])
    expect(acts(key)).toBe(undefined);
});
