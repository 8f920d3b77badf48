/** How a player stays at the live edge: pure, from what is buffered and where it plays. */

/** How far behind the newest picture it plays, seconds. */
export const TARGET_S = 0.25;
/** Farther behind than this it plays a little faster, then faster still, then jumps; seconds. */
const SLOW_S = 0.5;
const SLOWER_S = 0.8;
const LOST_S = 1.5;
/** What was played is kept for so long, seconds. */
const KEPT_S = 10;

/** One stretch that can be played: from, to, seconds. */
export type Range = readonly [number, number];

export type Step = { tag: 'rate'; rate: number } | { tag: 'seek'; to: number };

/**
 * What to do next. A hole (pictures that were passed over) is jumped, a player that fell far behind jumps, one that fell
 * a little behind plays faster: a jump at every picture would empty some decoders each time.
 */
export function follow(ranges: readonly Range[], at_s: number): Step {
  const last = ranges[ranges.length - 1];
  if (last === undefined) return { tag: 'rate', rate: 1 };
  const [from, to] = last;
  const inside = ranges.some(([a, b]) => at_s >= a && at_s <= b);
  const behind = to - at_s;
  if (!inside || behind > LOST_S) {
    const wanted = Math.max(from, to - TARGET_S);
    // Already there, give or take a rounding: seeking again would only stop the picture.
    if (Math.abs(wanted - at_s) > 0.01) return { tag: 'seek', to: wanted };
  }
  if (behind > SLOWER_S) return { tag: 'rate', rate: 1.15 };
  if (behind > SLOW_S) return { tag: 'rate', rate: 1.05 };
  return { tag: 'rate', rate: 1 };
}

/** Up to where what was played can be forgotten; null while it is too little to be worth it. */
export function forget(ranges: readonly Range[], at_s: number): number | null {
  const first = ranges[0];
  return first !== undefined && at_s - first[0] > 2 * KEPT_S ? at_s - KEPT_S : null;
}

/** The time of the picture at `media_s`: the newest clock that is not after it. Clocks are in the order of the stream. */
export function clockAt(
  clocks: readonly { media_s: number; at_ms: number }[],
  media_s: number,
): number | null {
  let found: number | null = null;
  let nearest = Number.NEGATIVE_INFINITY;
  for (const clock of clocks) {
    if (clock.media_s <= media_s + 0.001 && clock.media_s > nearest) {
      nearest = clock.media_s;
      found = clock.at_ms;
    }
  }
  return found;
}
