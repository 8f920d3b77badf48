import { expect, it } from 'vitest';
import { clockAt, follow, forget, type Range } from './edge';

const check = (ranges: Range[], at_s: number, step: ReturnType<typeof follow>) =>
  expect(follow(ranges, at_s)).toEqual(step);

it('nothing is buffered: nothing to do', () => check([], 0, { tag: 'rate', rate: 1 }));
it('at the edge it plays as it is', () => check([[1, 3]], 2.7, { tag: 'rate', rate: 1 }));
it('a little behind it plays faster', () => {
  check([[1, 3]], 2.4, { tag: 'rate', rate: 1.05 });
  check([[1, 3]], 2.1, { tag: 'rate', rate: 1.15 });
});
it('far behind it jumps to the edge', () => check([[1, 8]], 1, { tag: 'seek', to: 7.75 }));
it('before the first picture it jumps there', () => {
  check([[1, 1.04]], 0, { tag: 'seek', to: 1 });
  check([[1, 3]], 0, { tag: 'seek', to: 2.75 });
});
it('a hole is jumped', () =>
  check(
    [
      [1, 3],
      [5, 5.1],
    ],
    3.1,
    { tag: 'seek', to: 5 },
  ));
it('it does not jump where it is', () => check([[1, 1.04]], 1, { tag: 'rate', rate: 1 }));
it('what was played long ago is forgotten', () => {
  expect(forget([[1, 30]], 29.7)).toBeCloseTo(19.7);
  expect(forget([[1, 15]], 14.7)).toBeNull();
  expect(forget([], 0)).toBeNull();
});
it('a picture has the clock that came with it', () => {
  const clocks = [
    { media_s: 1, at_ms: 100 },
    { media_s: 1.08, at_ms: 140 },
    { media_s: 1.04, at_ms: 180 },
  ];
  expect(clockAt(clocks, 1.04)).toBe(180);
  expect(clockAt(clocks, 1.05)).toBe(180);
  expect(clockAt(clocks, 9)).toBe(140);
  expect(clockAt(clocks, 0.5)).toBeNull();
});
