import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Since } from '../wire/live';
import { backoff_ms } from './backoff';
import { type LinkState, makeLink, type Socket } from './socket';

class Fake implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: unknown[] = [];
  closed = false;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const SNAPSHOT = { t: 'snapshot', seq: 1, epoch: 'e', now: '2026-11-22T04:00:00Z', revisions: {}, units: [] };

function rig(since?: () => Since) {
  const sockets: Fake[] = [];
  const states: LinkState[] = [];
  const heard: string[] = [];
  const refused = vi.fn();
  const link = makeLink({
    open: () => {
      const socket = new Fake();
      sockets.push(socket);
      return socket;
    },
    bounds: () => [120, 27, 121, 28],
    ...(since === undefined ? {} : { since }),
    onMessage: (message) => heard.push(message.t),
    onState: (state) => states.push(state),
    onRefused: refused,
    chance: () => 1,
  });
  const last = () => sockets.at(-1) as Fake;
  const up = () => {
    last().onopen?.();
    last().say(SNAPSHOT);
  };
  return { link, sockets, states, heard, refused, last, up };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('pauses grow 0.5, 1, 2, 4, 8, then stay at 10 s', () =>
  expect([0, 1, 2, 3, 4, 5, 60].map((tries) => backoff_ms(tries, 1))).toEqual([
    500, 1000, 2000, 4000, 8000, 10_000, 10_000,
  ]));
it('pauses are spread down to half', () => expect(backoff_ms(5, 0)).toBe(5000));

it('says hello first, and is open with the snapshot', () => {
  const { link, states, last, up } = rig();
  link.start();
  up();
  expect(last().sent[0]).toEqual({
    hello: { since: null, epoch: null, bounds: [120, 27, 121, 28], layers: ['units'], max_hz: 5 },
  });
  expect(states).toEqual(['connecting', 'open']);
});

it('who comes back names the last event that it has', () => {
  let seq = 7;
  const { link, last, up } = rig(() => ({ seq, epoch: 3 }));
  link.start();
  up();
  seq = 12;
  last().onclose?.();
  vi.advanceTimersByTime(500);
  up();
  expect(last().sent[0]).toMatchObject({ hello: { since: 12, epoch: 3 } });
});

it('comes back after a loss and counts pauses from the start again', () => {
  const { link, sockets, states, last, up } = rig();
  link.start();
  up();
  for (let round = 0; round < 2; round += 1) {
    last().onclose?.();
    vi.advanceTimersByTime(500);
    up();
  }
  expect(sockets.length).toBe(3);
  expect(states.at(-1)).toBe('open');
});

it('a try that never opened asks whether the login still holds', () => {
  const { link, refused, last, up } = rig();
  link.start();
  last().onclose?.();
  expect(refused).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(500);
  up();
  last().onclose?.();
  expect(refused).toHaveBeenCalledTimes(1);
});

it('a silent socket is given up after 20 s', () => {
  const { link, sockets, states, up } = rig();
  link.start();
  up();
  vi.advanceTimersByTime(20_000);
  expect(sockets[0]?.closed).toBe(true);
  expect(states.at(-1)).toBe('waiting');
});

it('words of an old socket are not heard', () => {
  const { link, sockets, heard, last, up } = rig();
  link.start();
  up();
  last().onclose?.();
  vi.advanceTimersByTime(500);
  sockets[0]?.say(SNAPSHOT);
  expect(heard).toEqual(['snapshot']);
});

it('what is not a message we know is passed over', () => {
  const { link, heard, last, up } = rig();
  link.start();
  up();
  last().say({ t: 'weather' });
  last().onmessage?.({ data: '{' });
  last().onmessage?.({ data: new ArrayBuffer(2) });
  expect(heard).toEqual(['snapshot']);
});

it('stopped means stopped', () => {
  const { link, sockets, states, up } = rig();
  link.start();
  up();
  link.stop();
  sockets[0]?.onclose?.();
  vi.advanceTimersByTime(60_000);
  expect(sockets.length).toBe(1);
  expect(states.at(-1)).toBe('off');
});

it('tells a view only while open', () => {
  const { link, last, up } = rig();
  link.moved([0, 0, 1, 1]);
  link.start();
  link.moved([0, 0, 1, 1]);
  up();
  link.moved([1, 2, 3, 4]);
  expect(last().sent.slice(1)).toEqual([{ view: { bounds: [1, 2, 3, 4] } }]);
});
