import { expect, it } from 'vitest';
import { city, cityOf } from './city';
import { cityDay, cityTime } from './clock';

it('name and clock come from the style', () => {
  const said = {
    'onemap:title': { zh: '温州市', en: 'Wenzhou' },
    'onemap:time_zone': 'Asia/Shanghai',
    'onemap:units': true,
  };
  expect(cityOf(said)).toEqual({
    title: { zh: '温州市', en: 'Wenzhou' },
    zone: 'Asia/Shanghai',
    units: true,
  });
});
it('nothing said is nothing known', () => {
  for (const said of [undefined, {}, { 'onemap:title': 'x', 'onemap:time_zone': 'Mars/Olympus' }])
    expect(cityOf(said)).toEqual({ title: null, zone: undefined, units: false });
});
it('the clock follows the zone', () => {
  const noon = Date.UTC(2026, 0, 15, 20, 5, 9);
  city.set({ title: null, zone: 'Europe/Helsinki', units: true });
  expect(cityTime(noon)).toBe('22:05:09');
  city.set({ title: null, zone: 'Asia/Shanghai', units: true });
  expect(cityTime(noon)).toBe('04:05:09');
  expect(cityDay(noon, 'en')).toContain('16');
});
