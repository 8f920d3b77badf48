import { cell } from './cell';
import { city } from './city';

/** The server's clock minus this machine's, in milliseconds. Ages are counted on the server's clock. */
export const offset_ms = cell(0);

/** Ticks once a second; everything that shows an age reads it. */
export const now_ms = cell(Date.now());

/** The same by this machine's own clock: ages of what carries its time are counted on it. */
export const device_ms = cell(Date.now());

export function startClock(): void {
  const tick = () => {
    device_ms.set(Date.now());
    now_ms.set(Date.now() + offset_ms.get());
  };
  tick();
  setInterval(tick, 1000);
}

/** Hears the server's time. Small differences are the way it travelled, so they are not followed. */
export function hearTime(now: string): void {
  const theirs = Date.parse(now);
  if (!Number.isFinite(theirs)) return;
  const offset = theirs - Date.now();
  if (Math.abs(offset - offset_ms.get()) > 500) offset_ms.set(offset);
}

/** A console set to another zone must not change what a log says: the city's zone holds, where it is known. */
function formatsFor(timeZone: string | undefined) {
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  const day = { timeZone, day: 'numeric', weekday: 'short' } as const;
  return {
    time: new Intl.DateTimeFormat('zh-CN', { timeZone, ...clock }),
    // Swedish writes a day as ISO 8601 does.
    stamp: new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      ...clock,
    }),
    zh: new Intl.DateTimeFormat('zh-CN', { ...day, month: 'long' }),
    en: new Intl.DateTimeFormat('en-GB', { ...day, month: 'short' }),
  };
}

let formats = formatsFor(undefined);
city.subscribe((said) => {
  formats = formatsFor(said?.zone);
});

/** `14:05:09`, 24 h, city time, the same in both languages. */
export function cityTime(at_ms: number): string {
  return formats.time.format(at_ms);
}

/** `2026-11-22 14:05:09`, city time: for what is read on another day. */
export function cityStamp(at_ms: number): string {
  return formats.stamp.format(at_ms);
}

export function cityDay(at_ms: number, language: 'zh' | 'en'): string {
  return formats[language].format(at_ms);
}
