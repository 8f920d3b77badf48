import { expect, it } from 'vitest';
import * as t from './tour';

const T0 = 1_000_000;
const lone = (...ids: string[]) => ids.map((id) => ({ id, event: id }));

/** A wall that is walked second by second, with what is urgent at each. */
function rig(first: t.Urgent[] = []) {
  let [tour, at, urgent] = [t.newTour(T0), T0, first];
  const gone = new Set<string>();
  const walk = () => {
    const stops = urgent.filter(({ id, event }) => id === event).map(({ id }) => id);
    tour = t.toured(tour, urgent, stops, (id) => !gone.has(id), at);
  };
  walk();
  return {
    now: () => tour,
    shown: () => t.shownOf(tour),
    at: () => at,
    wait(s: number) {
      for (let n = 0; n < s; n += 1) {
        at += 1000;
        walk();
      }
    },
    hear(...more: t.Urgent[]) {
      urgent = [...urgent, ...more];
      walk();
    },
    end(id: string) {
      gone.add(id);
      urgent = urgent.filter((one) => one.id !== id);
      walk();
    },
    press(change: (tour: t.Tour, now_ms: number) => t.Tour) {
      tour = change(tour, at);
    },
    step: (by: 1 | -1) => {
      tour = t.jumped(
        tour,
        t.stepped(
          tour,
          urgent.map(({ id }) => id),
          by,
          at,
        ).at,
        at,
      );
    },
  };
}

it('the city for 40 s, each urgent one for 20 s, and round again', () => {
  const wall = rig(lone('a', 'b'));
  const seen: (string | null)[] = [];
  for (let n = 0; n < 8; n += 1) {
    seen.push(wall.shown());
    wall.wait(20);
  }
  expect(seen).toEqual([null, null, 'a', 'b', null, null, 'a', 'b']);
});
it('with nothing urgent it stays at the city', () => {
  const wall = rig();
  wall.wait(300);
  expect(wall.shown()).toBe(null);
});
it('what stood there at the first picture is no news', () => {
  const wall = rig(lone('a'));
  expect([wall.now().breaking, wall.shown()]).toEqual([null, null]);
});
it('a new urgent one breaks in at once, stays a minute, then the tour goes on where it was', () => {
  const wall = rig(lone('a'));
  wall.wait(45);
  expect(wall.shown()).toBe('a');
  wall.hear(...lone('b'));
  expect(wall.shown()).toBe('b');
  wall.wait(59);
  expect(wall.shown()).toBe('b');
  wall.wait(1);
  expect([wall.shown(), wall.now().breaking]).toEqual(['a', null]);
  wall.wait(20);
  expect(wall.shown()).toBe('b');
});
it('an acknowledgement ends it', () => {
  const wall = rig();
  wall.hear(...lone('a'));
  wall.press(t.acknowledged);
  expect([wall.shown(), wall.now().breaking]).toEqual([null, null]);
  wall.wait(10);
  expect(wall.now().breaking).toBe(null);
});
it('twelve calls of one event break in once', () => {
  const wall = rig();
  wall.hear({ id: 'a', event: 'a' });
  wall.press(t.acknowledged);
  for (let n = 0; n < 12; n += 1) wall.hear({ id: `call${n}`, event: 'a' });
  expect([wall.now().breaking, wall.now().waiting]).toEqual([null, []]);
  const together = rig();
  together.hear({ id: 'a', event: 'a' }, { id: 'b', event: 'a' });
  expect([together.shown(), together.now().waiting]).toEqual(['a', []]);
});
it('several wait for each other, and each has less time', () => {
  const wall = rig();
  wall.hear(...lone('a', 'b', 'c'));
  const seen: (string | null)[] = [];
  for (let n = 0; n < 6; n += 1) {
    seen.push(wall.shown());
    wall.wait(20);
  }
  expect(seen).toEqual(['a', 'b', 'c', 'c', 'c', null]);
});
it('a flood does not queue for ever', () => {
  const wall = rig();
  wall.hear(...lone(...Array.from({ length: 200 }, (_, n) => `i${n}`)));
  expect(wall.now().waiting.length).toBeLessThanOrEqual(t.MOST_WAITING);
  wall.wait(9 * 20 + 60);
  expect(wall.now().breaking).toBe(null);
});
it('what ended while it waited or was shown makes way', () => {
  const wall = rig();
  wall.hear(...lone('a', 'b', 'c'));
  wall.end('b');
  wall.end('a');
  expect([wall.shown(), wall.now().waiting]).toEqual(['c', []]);
  wall.end('c');
  expect([wall.shown(), wall.now().known?.size]).toEqual([null, 0]);
});
it('a stop that ended is left at once', () => {
  const wall = rig(lone('a'));
  wall.wait(45);
  wall.end('a');
  expect(wall.shown()).toBe(null);
});
it('a touch pauses for two minutes', () => {
  const wall = rig(lone('a'));
  wall.press((tour, at) => t.jumped(tour, 'a', at));
  wall.wait(119);
  expect(wall.shown()).toBe('a');
  wall.wait(1);
  expect(wall.shown()).toBe(null);
});
it('a break-in comes through a pause', () => {
  const wall = rig(lone('a'));
  wall.press(t.touched);
  wall.hear(...lone('b'));
  expect(wall.shown()).toBe('b');
});
it('held by hand it stands until the hand comes back, or fifteen minutes are over', () => {
  const wall = rig(lone('a'));
  wall.press(t.held);
  wall.wait(14 * 60);
  expect(wall.shown()).toBe(null);
  wall.press(t.held);
  wall.wait(40);
  expect(wall.shown()).toBe('a');
  wall.press(t.held);
  wall.wait(15 * 60);
  expect(wall.shown()).toBe(null);
});
it('locked, nothing moves it, and what broke in meanwhile is still said', () => {
  const wall = rig(lone('a'));
  wall.press((tour, at) => t.jumped(tour, 'a', at));
  wall.press(t.locked);
  wall.hear(...lone('b'));
  expect([wall.shown(), wall.now().breaking?.id]).toEqual(['a', 'b']);
  wall.wait(3600);
  expect(wall.shown()).toBe('a');
  wall.press(t.locked);
  wall.wait(140);
  expect(wall.shown()).not.toBe('a');
});
it('locked while something breaks in, it stays there', () => {
  const wall = rig();
  wall.hear(...lone('a'));
  wall.press(t.locked);
  wall.wait(300);
  expect(wall.shown()).toBe('a');
});
it('arrows go round in both directions', () => {
  const wall = rig(lone('a', 'b'));
  wall.step(-1);
  expect(wall.shown()).toBe('b');
  wall.step(1);
  wall.step(1);
  expect(wall.shown()).toBe('a');
});
it('a day leaves nothing behind', () => {
  const wall = rig();
  for (let n = 0; n < 500; n += 1) {
    wall.hear(...lone(`i${n}`));
    wall.wait(30);
    wall.end(`i${n}`);
  }
  const { known, waiting, breaking } = wall.now();
  expect([known?.size, waiting.length, breaking]).toEqual([0, 0, null]);
});
