/** Characters at least 0.006 of the reading distance high: 20 minutes of arc (NUREG-0700). */
const CHARACTER = 0.006;
/** Type size over height of its characters, for Chinese, whose characters fill the box. */
const SIZE_OVER_HEIGHT = 1.38;
/** The console's body text; the scale is counted from it. */
const BODY_PX = 14;

export interface Screen {
  width_px: number;
  density: number;
  /** Width of the wall in metres and distance of its readers, when the address says so. */
  wallw_m: number | null;
  dist_m: number | null;
}

/**
 * How much larger than on a console everything is drawn.
 *
 * A wall of known width and distance gets the size its readers need. Otherwise a very wide screen at density 1
 * is taken for a 4K panel seen as 1080p at density 2, as 13 px labels on it cannot be read from a chair.
 */
export function scaleFor(screen: Screen): number {
  if (screen.wallw_m !== null && screen.dist_m !== null) {
    const pitch_m = screen.wallw_m / (screen.width_px * screen.density);
    const body_px = (CHARACTER * screen.dist_m * SIZE_OVER_HEIGHT) / pitch_m / screen.density;
    return clamp(body_px / BODY_PX, 1, 6);
  }
  return screen.density < 1.5 && screen.width_px >= 2560 ? clamp(screen.width_px / 1920, 1, 3) : 1;
}

/** A positive number from the address, or null. */
export function metres(text: string | null): number | null {
  const value = text === null ? Number.NaN : Number(text);
  return Number.isFinite(value) && value > 0 ? value : null;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
