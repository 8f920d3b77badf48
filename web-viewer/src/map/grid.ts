/** A thing that can be picked, in the Mercator plane from 0 to 1. */
export interface Spot {
  id: string;
  x: number;
  y: number;
}

/** Cells of the grid along the world: about 2.4 km at the equator, a few units each in a busy city. */
const CELLS = 2 ** 14;

/**
 * Finds what is under the pointer. The unit layer is drawn by our own WebGL, which MapLibre cannot ask, so it is
 * asked here: a hash grid, made anew with each tick (one pass over the units).
 */
export class Grid {
  readonly #cells = new Map<number, Spot[]>();
  readonly #spots: readonly Spot[];

  constructor(spots: readonly Spot[]) {
    this.#spots = spots;
    for (const spot of spots) {
      const key = keyOf(cellOf(spot.x), cellOf(spot.y));
      const cell = this.#cells.get(key);
      if (cell === undefined) this.#cells.set(key, [spot]);
      else cell.push(spot);
    }
  }

  /** Everything within `radius` of a place, nearest first, ties by id. */
  near(x: number, y: number, radius: number): Spot[] {
    const found: { spot: Spot; d2: number }[] = [];
    for (const spot of this.#candidates(x, y, radius)) {
      const d2 = (spot.x - x) ** 2 + (spot.y - y) ** 2;
      if (d2 <= radius * radius) found.push({ spot, d2 });
    }
    found.sort((a, b) => a.d2 - b.d2 || (a.spot.id < b.spot.id ? -1 : 1));
    return found.map(({ spot }) => spot);
  }

  #candidates(x: number, y: number, radius: number): readonly Spot[] {
    const [west, east] = [cellOf(x - radius), cellOf(x + radius)];
    const [north, south] = [cellOf(y - radius), cellOf(y + radius)];
    // Zoomed far out a pointer covers more cells than there are units: then looking at all is the shorter way.
    if ((east - west + 1) * (south - north + 1) > this.#spots.length) return this.#spots;
    const out: Spot[] = [];
    for (let row = north; row <= south; row += 1)
      for (let column = west; column <= east; column += 1)
        out.push(...(this.#cells.get(keyOf(column, row)) ?? []));
    return out;
  }
}

function cellOf(part: number): number {
  return Math.floor(part * CELLS);
}

/** Columns and rows may lie a little outside the world (a pointer past its edge), hence the wider stride. */
function keyOf(column: number, row: number): number {
  return row * CELLS * 4 + column;
}
