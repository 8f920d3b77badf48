import { describe, expect, it } from 'vitest';
import { type Focus, halfWidth, Keys, type Press, type Top } from './keys';

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
const read = (key: string, more: Partial<Press> = {}, focus: Focus = 'none', top: Top = 'desk') =>
  new Keys().read(press(key, more), focus, top, 10_000);

it('full-width forms count as their twins', () => expect(halfWidth('／！１９Ｎ　a中')).toBe('/!19N a中'));

describe('on the desk', () => {
  it.each([
    ['1', { do: 'row', n: 1 }],
    ['９', { do: 'row', n: 9 }],
    ['F2', { do: 'camera', n: 2 }],
    ['n', { do: 'new' }],
    ['Ｎ', { do: 'new' }],
    ['/', { do: 'bar' }],
    ['／', { do: 'bar' }],
    ['?', { do: 'help' }],
    ['V', { do: 'voice' }],
    ['Ｒ', { do: 'ring' }],
    ['b', { do: 'board' }],
    ['o', { do: 'divide' }],
    ['p', { do: 'print' }],
    ['w', { do: 'wall' }],
    ['Escape', { do: 'back' }],
    ['Enter', { do: 'enter' }],
  ])('%s', (key, act) => expect(read(key)).toEqual(act));
  it.each([
    ['W', { do: 'wall-back' }],
    ['O', { do: 'link' }],
    ['P', { do: 'picture' }],
    ['N', { do: 'new' }],
  ])('Shift and %s', (key, act) => expect(read(key, { shiftKey: true })).toEqual(act));
  it('the whole plan goes by Shift and Enter together', () =>
    expect(read('Enter', { shiftKey: true })).toEqual({ do: 'plan' }));
  it('Ctrl+Z takes back, other keys with Ctrl stay the browser’s', () => {
    expect(read('z', { ctrlKey: true })).toEqual({ do: 'undo' });
    expect(['t', 'w', '1', 'n', 'F1'].map((key) => read(key, { ctrlKey: true }))).toEqual(
      Array(5).fill(null),
    );
  });
  it('with Alt or Meta nothing is ours', () =>
    expect([read('1', { altKey: true }), read('n', { metaKey: true })]).toEqual([null, null]));
  it('a held key acts once, except to walk through the list', () => {
    for (const key of ['1', 'n', 'Enter', 'v']) expect(read(key, { repeat: true }), key).toBeNull();
    expect(read('j', { repeat: true })).toEqual({ do: 'next' });
  });
});

describe('in a field', () => {
  it.each(['1', 'n', '/', 'v', '?', '0'])('%s is only a letter', (key) =>
    expect([read(key, {}, 'line'), read(key, {}, 'text')]).toEqual([null, null]),
  );
  it('Enter in a longer text is a new line', () => expect(read('Enter', {}, 'text')).toBeNull());
  it('Shift+Enter in a line sends no plan', () =>
    expect(read('Enter', { shiftKey: true }, 'line')).toBeNull());
  it('Escape and cameras work everywhere', () => {
    expect(read('Escape', {}, 'text')).toEqual({ do: 'back' });
    expect(read('F1', {}, 'line')).toEqual({ do: 'camera', n: 1 });
  });
  it('Enter on a button is the browser’s', () => expect(read('Enter', {}, 'button')).toBeNull());
});

describe('what lies on top', () => {
  it('a draft takes numbers, D, Enter and Escape', () => {
    expect(read('2', {}, 'none', 'draft')).toEqual({ do: 'row', n: 2 });
    expect(read('d', {}, 'none', 'draft')).toEqual({ do: 'join' });
    expect(read('n', {}, 'none', 'draft')).toBeNull();
    expect(read('Enter', { shiftKey: true }, 'none', 'draft')).toBeNull();
  });
  it('a dialog takes numbers, Enter and Escape', () => {
    expect(read('1', {}, 'none', 'dialog')).toEqual({ do: 'row', n: 1 });
    for (const key of ['n', 'v', '/', 'j']) expect(read(key, {}, 'none', 'dialog'), key).toBeNull();
    expect(read('Enter', { shiftKey: true }, 'none', 'dialog')).toBeNull();
  });
});

/** What Chromium reports while somebody writes 打架 with a pinyin input method and chooses the word by Enter. */
const PINYIN: readonly { at_ms: number; press?: Press; ended?: true }[] = [
  { at_ms: 0, press: press('Process', { keyCode: 229 }) },
  { at_ms: 90, press: press('Process', { keyCode: 229, isComposing: true }) },
  { at_ms: 180, press: press('Process', { keyCode: 229, isComposing: true }) },
  { at_ms: 260, press: press('j', { keyCode: 229, isComposing: true }) },
  { at_ms: 340, press: press('i', { keyCode: 229, isComposing: true }) },
  { at_ms: 430, press: press('a', { keyCode: 229, isComposing: true }) },
  { at_ms: 600, press: press('Enter', { keyCode: 229, isComposing: true }) },
  { at_ms: 601, ended: true },
  // Some input methods let the same Enter through once more, as a plain one.
  { at_ms: 603, press: press('Enter', { keyCode: 13 }) },
];

it('writing pinyin does nothing, and neither does the Enter that chose the word', () => {
  const keys = new Keys();
  for (const { at_ms, press: pressed, ended } of PINYIN) {
    if (ended) keys.compositionEnded(at_ms);
    if (pressed) expect(keys.read(pressed, 'line', 'draft', at_ms), `${at_ms} ms`).toBeNull();
  }
  expect(keys.read(press('Enter'), 'line', 'draft', 900)).toBeNull();
  expect(keys.read(press('Enter'), 'line', 'draft', 901)).toEqual({ do: 'enter' });
});
