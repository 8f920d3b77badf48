/** How old a thing may be before the page says so: a position (see `docs/`), and the whole link. */
const FADE_S = 30;
const STALE_S = 120;
const GONE_S = 900;

export type AgeClass = 'fresh' | 'fading' | 'stale' | 'gone';

/** Fresh under 30 s, fading to 120 s, stale to 15 min, then off the map. */
export function ageClass(age_ms: number): AgeClass {
  const age_s = age_ms / 1000;
  if (age_s < FADE_S) return 'fresh';
  if (age_s <= STALE_S) return 'fading';
  return age_s <= GONE_S ? 'stale' : 'gone';
}

export interface Age {
  amount: number;
  unit: 's' | 'min' | 'h' | 'd';
}

/** Whole seconds, then minutes, hours, days. A fix from the future (a wrong device clock) counts as now. */
export function age(age_ms: number): Age {
  const s = Math.max(0, Math.floor(age_ms / 1000));
  if (s < 100) return { amount: s, unit: 's' };
  const min = Math.floor(s / 60);
  if (min < 100) return { amount: min, unit: 'min' };
  const h = Math.floor(min / 60);
  return h < 48 ? { amount: h, unit: 'h' } : { amount: Math.floor(h / 24), unit: 'd' };
}

export type LinkAge = 'good' | 'amber' | 'red';

/**
 * Amber over 5 whole seconds, red from 20. Whole seconds, because heartbeats come every 5 s and a few
 * milliseconds on the way must not make the strip blink.
 */
export function linkAge(age_ms: number): LinkAge {
  const s = Math.floor(age_ms / 1000);
  if (s >= 20) return 'red';
  return s > 5 ? 'amber' : 'good';
}
