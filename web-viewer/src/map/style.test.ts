import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { expect, it } from 'vitest';
import { dressed, groupOf, groupsOf, textField } from './style';

const layer = (id: string, more: object = {}) =>
  ({ id, type: 'line', source: 'x', ...more }) as LayerSpecification;
const group = (id: string, of: string, on = true) => ({ id, layer: of, zh: '', en: '', on });
const style = (layers: LayerSpecification[], metadata?: object): StyleSpecification => ({
  version: 8,
  sources: {},
  layers,
  metadata,
});

it('groups come from the style', () => {
  const listed = [group('roads', 'roads'), group('cameras', 'cameras', false)];
  expect(groupsOf(style([], { 'onemap:groups': listed }))).toEqual(listed);
});
it('without a list, groups are the first parts of layer ids', () =>
  expect(
    groupsOf(style([layer('roads-major'), layer('roads-minor'), layer('background')])).map((g) => g.id),
  ).toEqual(['roads']));
it('a layer goes to the longest group id it starts with', () => {
  const groups = [group('roads', 'roads'), group('roads-label', 'roads')];
  expect(groupOf(layer('roads-label-major'), groups)).toBe('roads-label');
  expect(groupOf(layer('roads-major'), groups)).toBe('roads');
  expect(groupOf(layer('background'), groups)).toBeNull();
});
it('metadata names the group before anything else', () =>
  expect(
    groupOf(layer('roads-x', { metadata: { 'onemap:group': 'ground' } }), [group('roads', 'roads')]),
  ).toBe('ground'));

it('English reads name_en and falls back to name, Chinese stays as it came', () => {
  expect(textField(['get', 'name'], 'en')).toEqual(['coalesce', ['get', 'name_en'], ['get', 'name']]);
  expect(textField(['get', 'name'], 'zh')).toEqual(['get', 'name']);
});
it('English is found inside larger text, and other fields stay', () =>
  expect(textField(['concat', ['get', 'name'], ['get', 'code']], 'en')).toEqual([
    'concat',
    ['coalesce', ['get', 'name_en'], ['get', 'name']],
    ['get', 'code'],
  ]));

it('a style is dressed in language and switches', () => {
  const label = layer('roads-label', {
    type: 'symbol',
    layout: { 'text-field': ['get', 'name'] },
    metadata: { 'onemap:label': true },
  });
  const out = dressed(style([layer('roads-major'), label, layer('water-fill')]), 'en', { roads: false });
  expect(out.layers.map((l) => ('layout' in l ? l.layout?.visibility : null))).toEqual([
    'none',
    'none',
    'visible',
  ]);
  expect((out.layers[1] as { layout: Record<string, unknown> }).layout['text-field']).toEqual(
    textField(['get', 'name'], 'en'),
  );
});
