import type { Map as MapLibre } from 'maplibre-gl';

/**
 * The pictures that the style names: drawn here as distances to an edge, so that the style gives them their colour and
 * they stay sharp at any size. A place is inside a picture or not; x to the right and y down, -1 to 1.
 */
type Inside = (x: number, y: number) => boolean;

const camera: Inside = (x, y) =>
  (x >= -0.85 && x <= 0.3 && Math.abs(y) <= 0.5) || (x > 0.3 && x <= 0.85 && Math.abs(y) <= x - 0.25);

/** Off is the same, struck through from corner to corner. */
const cameraOff: Inside = (x, y) => {
  const across = Math.abs(x + y) / Math.SQRT2;
  if (across <= 0.13) return Math.abs(x - y) <= 1.7;
  return across > 0.3 && camera(x, y);
};

export const PICTURES: Readonly<Record<string, Inside>> = {
  'onemap-square': (x, y) => Math.abs(x) <= 0.75 && Math.abs(y) <= 0.75,
  'onemap-diamond': (x, y) => Math.abs(x) + Math.abs(y) <= 1,
  'onemap-triangle': (x, y) => y <= 0.85 && Math.abs(x) <= (y + 0.95) * 0.6,
  'onemap-dot': (x, y) => Math.hypot(x, y) <= 0.75,
  'onemap-camera': camera,
  'onemap-camera-off': cameraOff,
};

/** Half a picture, and the edge around it for the halo, in pixels of the field. */
const HALF = 20;
const EDGE = 8;
export const SIZE = 2 * (HALF + EDGE);
/** How MapLibre reads a field: an edge at three quarters, and 8 pixels from nothing to all. */
const CUTOFF = 0.75;
const RADIUS = 8;

/** White pixels whose opacity says how far the edge is. */
export function field(inside: Inside): Uint8ClampedArray<ArrayBuffer> {
  const at = (n: number) => (n + 0.5 - SIZE / 2) / HALF;
  const is = Array.from({ length: SIZE * SIZE }, (_, n) => inside(at(n % SIZE), at(Math.floor(n / SIZE))));
  const data = new Uint8ClampedArray(4 * SIZE * SIZE).fill(255);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const own = is[y * SIZE + x] === true;
      const gap = nearestOther(is, x, y, own) - 0.5;
      data[4 * (y * SIZE + x) + 3] = 255 * (CUTOFF + (own ? gap : -gap) / RADIUS);
    }
  return data;
}

function nearestOther(is: readonly boolean[], x: number, y: number, own: boolean): number {
  let nearest = RADIUS;
  for (let dy = -RADIUS; dy <= RADIUS; dy++)
    for (let dx = -RADIUS; dx <= RADIUS; dx++) {
      const [cx, cy] = [x + dx, y + dy];
      const there = cx >= 0 && cy >= 0 && cx < SIZE && cy < SIZE && is[cy * SIZE + cx] === true;
      if (there !== own) nearest = Math.min(nearest, Math.hypot(dx, dy));
    }
  return nearest;
}

let made: [string, Uint8ClampedArray<ArrayBuffer>][] | null = null;

/** Puts the pictures on a map whose style has just been put on. */
export function addIcons(map: MapLibre): void {
  made ??= Object.entries(PICTURES).map(([id, inside]) => [id, field(inside)]);
  for (const [id, data] of made)
    if (!map.hasImage(id))
      map.addImage(id, { width: SIZE, height: SIZE, data }, { sdf: true, pixelRatio: 2 });
}
