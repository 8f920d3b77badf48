import type { RankedUnit } from '../wire/operations';

/** A row gives way only to one that is better by this much: rows that dance cannot be aimed at. */
const BETTER_S = 30;

/**
 * The rows to show, given those on the screen and those that came: rows keep their places unless one is better by 30 s,
 * is newly there, or is newly proposed. `moved` says that a number now stands for another unit.
 */
export function steady(
  shown: readonly RankedUnit[],
  fresh: readonly RankedUnit[],
): { items: readonly RankedUnit[]; moved: boolean } {
  const now = new Map(fresh.map((row) => [row.unit, row]));
  const kept = shown.map((row) => now.get(row.unit));
  const left = fresh.slice(shown.length);
  const same =
    kept.every((row) => row !== undefined) &&
    left.every((row) => !shown.some(({ unit }) => unit === row.unit));
  if (!same || fresh.length < shown.length) return { items: fresh, moved: changed(shown, fresh) };
  const rows = kept as RankedUnit[];
  const proposed = (row: RankedUnit) => row.proposed_for != null;
  const overtaken = rows.some((row, i) =>
    rows.slice(i + 1).some((below) => {
      if (proposed(below) !== proposed(row)) return proposed(below);
      return latest(row) - latest(below) > BETTER_S;
    }),
  );
  if (overtaken) return { items: fresh, moved: changed(shown, fresh) };
  return { items: [...rows, ...left], moved: false };
}

function latest(row: RankedUnit): number {
  return row.eta_range_s?.[1] ?? row.eta_s ?? Number.POSITIVE_INFINITY;
}

function changed(shown: readonly RankedUnit[], fresh: readonly RankedUnit[]): boolean {
  return shown.some((row, i) => fresh[i]?.unit !== row.unit);
}
