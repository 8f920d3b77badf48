/** How densely was reported: whether it is shown, of how many days, and what the server said of it. */
import type { AskHeat, Heat } from '../wire/heat';
import { cell, type Readable } from './cell';

/** Days that can be asked for; null: all that are known. */
export const HEAT_DAYS = [30, 90, 365, null] as const;
/** Heat is a picture of quarters: it goes between these zooms, where streets begin. */
export const HEAT_ZOOM = { fades: 14, gone: 15 } as const;
/** From which zoom on a call is spread over how many metres: from afar over more, as it would be a speck under a unit. */
const RADIUS = [
  { zoom: 11, radius_m: 500 },
  { zoom: 9.5, radius_m: 2000 },
  { zoom: 0, radius_m: 5000 },
] as const;
/** What is over does not change often: a day is counted when it is over, and the server reads it again each hour. */
const AGAIN_MS = 60 * 60_000;
/** Where nobody answered. */
const RETRY_MS = 30_000;

export type HeatNow =
  | { tag: 'asking' }
  /** `late`: it was asked again, and nobody answered; this is what was said at `at_ms`. */
  | { tag: 'told'; heat: Heat; at_ms: number; late: boolean }
  | { tag: 'refused'; detail: string }
  | { tag: 'failed' };

export const heat = cell<HeatNow>({ tag: 'asking' });
export const heatOn = cell(false);
export const heatDays = cell<number | null>(90);
/** The map looks from too near for heat to be drawn. */
export const heatTooNear = cell(false);

/** How far each call is spread, metres. */
export const heatRadius = cell<number>(RADIUS[0].radius_m);

/** The map looks from there now. */
export function heatFrom({ zoom }: { zoom: number }): void {
  heatRadius.set(RADIUS.find((row) => zoom >= row.zoom)?.radius_m ?? 5000);
  heatTooNear.set(zoom >= HEAT_ZOOM.gone);
}

/** What the map draws: templates of pictures, and a word that changes when what lies behind them has changed. */
export interface HeatPictures {
  tiles: readonly string[];
  version: string;
}

/** Null while nothing is to be drawn: not wanted, not told, or nothing in it. */
export function picturesOf(on: boolean, now: HeatNow): HeatPictures | null {
  if (!on || now.tag !== 'told' || now.heat.n === 0) return null;
  const { tiles, to, n } = now.heat;
  return { tiles, version: `${to ?? ''} ${n}` };
}

/** Reads `?heat=` of an address: so many days, `all`; null where it is not there. What cannot be read is the usual. */
export function readHeat(text: string | null): { days: number | null } | null {
  if (text === null) return null;
  if (text === 'all') return { days: null };
  const days = HEAT_DAYS.find((one) => one !== null && String(one) === text);
  return { days: days ?? 90 };
}

export const writeHeat = (on: boolean, days: number | null): string | null =>
  on ? String(days ?? 'all') : null;

/** `137`, `4.2`: what a colour stands for, per square kilometre. */
export const perKm2 = (n: number): string => (n < 10 ? n.toFixed(1) : String(Math.round(n)));

export interface HeatSetup {
  ask: AskHeat;
  /** Its colours are made for that ground. */
  theme: Readable<string>;
  session: Readable<{ tag: string }>;
  now_ms: () => number;
}

/** Asks for it while it is shown: when something about the question has changed, and again from time to time. */
export function keepHeat({ ask, theme, session, now_ms }: HeatSetup): void {
  /** Questions are numbered: an answer to an older one is not shown. */
  let question = 0;
  let next: ReturnType<typeof setTimeout> | undefined;

  async function renew(): Promise<void> {
    clearTimeout(next);
    question += 1;
    const mine = question;
    const days = heatDays.get();
    // A day counts when it is over, so the first of so many lies one more back. The server knows the city's clock.
    const from = days === null ? null : new Date(now_ms() - days * 86_400_000).toISOString();
    const answer = await ask({ theme: theme.get(), radius_m: heatRadius.get(), from });
    if (mine !== question) return;
    const before = heat.get();
    if (answer.tag === 'ok') heat.set({ tag: 'told', heat: answer.value, at_ms: now_ms(), late: false });
    else if (answer.tag === 'refused') heat.set({ tag: 'refused', detail: answer.detail || answer.code });
    else heat.set(before.tag === 'told' ? { ...before, late: true } : { tag: 'failed' });
    if (answer.tag !== 'refused')
      next = setTimeout(() => void renew(), answer.tag === 'ok' ? AGAIN_MS : RETRY_MS);
  }

  function begin(): void {
    clearTimeout(next);
    question += 1;
    heat.set({ tag: 'asking' });
    if (heatOn.get() && session.get().tag === 'in') void renew();
  }
  // One question when the page has come up, whatever of these was said first.
  let up = false;
  for (const one of [heatOn, heatDays, heatRadius, theme, session] as Readable<unknown>[])
    one.subscribe(() => up && begin());
  up = true;
  begin();
}
