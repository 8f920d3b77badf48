import { describe, expect, it } from 'vitest';
import { contrast, type Theme, type Token, themes } from './tokens';

/** 4.5 for words, 3 for shapes and edges (WCAG 2.2 AA). `text-3` is for what is off, never for needed words. */
const WORDS: Token[] = [
  'text',
  'text-2',
  'select',
  'amber',
  'red',
  'p1',
  'p2',
  'p3',
  'p4',
  'camera',
  'unit-scene',
  'unit-way',
];
const SHAPES: Token[] = [
  'focus',
  'edge',
  'text-3',
  'unit-free',
  'unit-way',
  'unit-scene',
  'unit-busy',
  'unit-stale',
];
const GROUNDS: Token[] = ['bg', 'panel', 'raised'];

describe.each(Object.keys(themes) as Theme[])('%s', (theme) => {
  const tokens = themes[theme];
  it.each(WORDS.flatMap((word) => GROUNDS.map((ground) => [word, ground] as const)))(
    'words in %s can be read on %s',
    (word, ground) => expect(contrast(tokens[word], tokens[ground])).toBeGreaterThanOrEqual(4.5),
  );
  it.each(SHAPES.flatMap((shape) => GROUNDS.map((ground) => [shape, ground] as const)))(
    'shapes in %s can be seen on %s',
    (shape, ground) => expect(contrast(tokens[shape], tokens[ground])).toBeGreaterThanOrEqual(3),
  );
  it.each(['select', 'p1', 'p2', 'p3', 'p4'] as const)('words on %s can be read', (ground) =>
    expect(contrast(tokens['on-select'], tokens[ground])).toBeGreaterThanOrEqual(4.5),
  );
});

it('contrast knows its ends', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#123456', '#123456')).toBe(1);
});
