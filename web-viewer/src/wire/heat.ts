/** Heat as the server tells of it; see `docs/heat.md`. */
import type { Answer } from './client';
import type { Ask } from './operations';
import type { components } from './types.gen';

/** The scale of all pictures of one heat, the days and the number behind them. */
export type Heat = components['schemas']['HeatBody'];

/** Which heat: for which ground, each call spread over so many metres, since a moment of the first day that counts. */
export interface HeatAsk {
  theme: string;
  radius_m: number;
  /** Null: all days that are known. */
  from: string | null;
}
export type AskHeat = (asked: HeatAsk) => Promise<Answer<Heat>>;

export function makeAskHeat(ask: Ask): AskHeat {
  return ({ theme, radius_m, from }) => {
    const query = new URLSearchParams({ theme, radius_m: String(radius_m) });
    if (from !== null) query.set('from', from);
    return ask('GET', `/heat/incidents.json?${query}`);
  };
}
