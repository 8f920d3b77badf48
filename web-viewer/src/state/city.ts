import { cell } from './cell';

/** What the page's header says of the city: it comes with the style. */
export interface City {
  /** Its name in each language; null when the server knows none. */
  title: { zh: string; en: string } | null;
  /** Zone of the clock; the browser's own when undefined. */
  zone: string | undefined;
  /** Whether this login may see units. */
  units: boolean;
}

/** Null until a style has said it: a clock that may be in a wrong zone is worse than none. */
export const city = cell<City | null>(null);

/** Reads a style's metadata. A zone that this browser does not know counts as none. */
export function cityOf(metadata: unknown): City {
  const said = (metadata ?? {}) as Record<string, unknown>;
  const title = said['onemap:title'] as { zh?: unknown; en?: unknown } | undefined;
  const named = typeof title?.zh === 'string' && typeof title.en === 'string';
  return {
    title: named ? { zh: title.zh as string, en: title.en as string } : null,
    zone: knownZone(said['onemap:time_zone']),
    units: said['onemap:units'] === true,
  };
}

function knownZone(zone: unknown): string | undefined {
  if (typeof zone !== 'string') return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
