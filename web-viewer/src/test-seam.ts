/**
 * A read-only window for tests: what the canvas shows cannot be asked of the page's elements.
 *
 * It tells nothing that is not on the screen, and it can do nothing. `ready` is true once a style of the server is
 * on the map, or once the page knows that it has no map.
 */
import type { CityMap } from './map/city-map';
import { language } from './state/language';
import { shown } from './state/layers';
import { fleet } from './state/live';
import { noMap } from './state/selection';
import { show } from './state/windows';

export interface Seam {
  readonly ready: boolean;
  units(): { id: string; lon: number; lat: number; at: string }[];
  layers(): Record<string, boolean>;
  /** How many things of operations are drawn, by what they are: `incident`, `cone`, `view`, `route`… */
  operations(): Record<string, number>;
  lang(): string;
  /** Resolves when the map has nothing left to load or to draw. */
  idle(): Promise<void>;
}

declare global {
  interface Window {
    __onemap?: Seam;
  }
}

export function installSeam(page: { map: () => CityMap | null; drawn?: () => Record<string, number> }): void {
  const seam: Seam = {
    get ready() {
      return noMap.get() !== null || show.get() === 'lists' || (page.map()?.styled() ?? false);
    },
    units: () =>
      [...fleet.get().units.values()].map(({ id, lon, lat, at_ms }) => ({
        id,
        lon,
        lat,
        at: new Date(at_ms).toISOString(),
      })),
    layers: () => ({ ...shown.get() }),
    operations: () => ({ ...page.map()?.operations(), ...page.drawn?.() }),
    lang: () => language.get(),
    idle: () => page.map()?.idle() ?? Promise.resolve(),
  };
  Object.defineProperty(window, '__onemap', { value: Object.freeze(seam) });
}
