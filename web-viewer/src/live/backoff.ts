/** Seconds before each new try; after the list every 10 s, so a wall finds its server again within seconds. */
const STEPS_S = [0.5, 1, 2, 4, 8];
const LAST_S = 10;

/**
 * Spread between half and all of the step: after a server restart the screens must not all come back at once.
 * `chance` is in [0, 1) and is given, so that the function stays a function.
 */
export function backoff_ms(tries: number, chance: number): number {
  const step_s = STEPS_S[tries] ?? LAST_S;
  return Math.round(step_s * 1000 * (0.5 + chance / 2));
}
