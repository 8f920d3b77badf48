import { expect, it } from 'vitest';
import type { Incident } from '../wire/operations';
import { words } from '../words';
import { fileOf, type PaperFacts, sourceOf, titleOf } from './paper';

const incident = { id: '20261122-0007', priority: 1, kind: 'traffic', phase: 'pending' } as Incident;
const facts = (more: Partial<PaperFacts> = {}): PaperFacts => ({
  incident,
  city: 'Wenzhou',
  at: '2026-11-22 12:05:01',
  heard: '12:05:00',
  link: 'good',
  user: 'dispatcher',
  server: '10.1.2.3:8080',
  credit: '',
  ...more,
});

it('the title says which incident, or that it is a view', () => {
  expect(titleOf(words.en, facts())).toBe('One Map · Wenzhou · 20261122-0007 P1 Traffic waiting');
  expect(titleOf(words.en, facts({ incident: undefined, city: null }))).toBe('One Map · View of the map');
});
it('time, who and where from are always there', () => {
  const text = sourceOf(words.en, facts({ credit: '© OpenStreetMap' })).join('\n');
  for (const part of ['2026-11-22 12:05:01', 'dispatcher', '12:05:00', '10.1.2.3:8080', '© OpenStreetMap'])
    expect(text).toContain(part);
  expect(text).not.toContain('no link');
});
it('without a link the age of the data is said, in both languages', () => {
  for (const [lang, old] of [
    ['en', 'no link'],
    ['zh', '已断线'],
  ] as const)
    for (const link of ['red', 'amber', 'off'] as const)
      expect(sourceOf(words[lang], facts({ link })).join()).toContain(old);
  expect(sourceOf(words.en, facts({ heard: null })).join()).toContain(words.en.paperNoData);
});
it('a file is named by its time, and by the incident', () => {
  expect(fileOf('2026-11-22 12:05:01', '20261122-0007')).toBe('onemap-20261122-120501-20261122-0007.png');
  expect(fileOf('2026-11-22 12:05:01', null)).toBe('onemap-20261122-120501.png');
});
