import { expect, it } from 'vitest';
import { cell, derived } from './cell';
import { firstShown, makeRoom, shown } from './layers';
import { changedLayers } from './revisions';

const groups = [
  { id: 'roads', layer: 'roads', zh: '道路', en: 'Roads', on: true },
  { id: 'cameras', layer: 'cameras', zh: '摄像机', en: 'Cameras', on: false },
];

it('the style says what is on at first', () =>
  expect(firstShown(groups, {}, null)).toEqual({ units: true, roads: true, cameras: false }));
it('the address says better', () =>
  expect(firstShown(groups, {}, ['cameras'])).toEqual({ units: false, roads: false, cameras: true }));
it('a new style keeps what is switched', () =>
  expect(firstShown(groups, { units: false, roads: false, cameras: true }, null)).toEqual({
    units: false,
    roads: false,
    cameras: true,
  }));

it('only layers whose revision changed are asked again', () =>
  expect(changedLayers({ roads: 1, water: 2 }, { roads: 2, water: 2, land: 1 })).toEqual(['roads']));

it('a cell tells its value at once and then only changes', () => {
  const source = cell(1);
  const heard: number[] = [];
  const stop = derived(source, (n) => Math.floor(n / 10)).subscribe((n) => heard.push(n));
  for (const n of [2, 10, 11, 25]) source.set(n);
  stop();
  source.set(99);
  expect(heard).toEqual([0, 1, 2]);
});
it('busy layers make room and come back; what was off stays off', () => {
  shown.set({ units: true, roads: true, houses: true, people: false });
  makeRoom(true);
  expect(shown.get()).toEqual({ units: true, roads: true, houses: false, people: false });
  makeRoom(false);
  expect(shown.get()).toEqual({ units: true, roads: true, houses: true, people: false });
  makeRoom(false);
  expect(shown.get().people).toBe(false);
});
