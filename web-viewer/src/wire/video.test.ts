import { expect, it } from 'vitest';
import { readClock, readTimescale, readVideoMessage } from './video';

function bytes(...parts: (number | string)[]): ArrayBuffer {
  const out: number[] = [];
  for (const part of parts) {
    if (typeof part === 'string') out.push(...[...part].map((c) => c.charCodeAt(0)));
    else out.push((part >>> 24) & 255, (part >>> 16) & 255, (part >>> 8) & 255, part & 255);
  }
  return new Uint8Array(out).buffer;
}

it('reads the clock of a fragment', () => {
  const half = 0x8000_0000;
  const prft = bytes(32, 'prft', 0x0100_0000, 1, 2_208_988_800 + 10, half, 1, 5, 8, 'moof');
  expect(readClock(prft)).toEqual({ at_ms: 10_500, ticks: 2 ** 32 + 5 });
});
it('a fragment without a clock has none', () => {
  expect(readClock(bytes(32, 'moof', 0, 0, 0, 0, 0, 0))).toBeNull();
  expect(readClock(bytes(8, 'prft'))).toBeNull();
});
it('reads the ticks a second', () => {
  expect(readTimescale(bytes(8, 'ftyp', 32, 'mdhd', 0, 0, 0, 1000, 0, 0))).toBe(1000);
  expect(readTimescale(bytes(8, 'ftyp'))).toBe(90_000);
});
it('what is no message is none', () => {
  expect(readVideoMessage('{"t":"bye","reason":"EXPIRED"}')).toEqual({ t: 'bye', reason: 'EXPIRED' });
  expect(readVideoMessage('{"t":"later"}')).toBeNull();
  expect(readVideoMessage('nonsense')).toBeNull();
});
