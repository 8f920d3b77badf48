import { expect, it } from 'vitest';
import { dark, rgb } from './tokens';

/** What must be told apart at a glance. Light is held by its shapes alone: dark hues on light grey lie too close. */
const APART = ['p1', 'p2', 'p3', 'unit-free', 'unit-way', 'unit-scene', 'unit-stale'] as const;

type Row = readonly [number, number, number];
type Matrix = readonly [Row, Row, Row];

/** Machado, Oliveira, Fernandes 2009, full severity, on linear RGB. */
const SIGHT: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const times = (row: Row, v: Row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2];

/** CIE 1976 L*a*b* under D65, as somebody sees it. */
function lab(hex: string, sight: Matrix): Row {
  const own = rgb(hex).map(linear) as unknown as Row;
  const seen = sight.map((row) => Math.min(1, Math.max(0, times(row, own)))) as unknown as Row;
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f(times([0.4124564, 0.3575761, 0.1804375], seen) / 0.95047);
  const y = f(times([0.2126729, 0.7151522, 0.072175], seen));
  const z = f(times([0.0193339, 0.119192, 0.9503041], seen) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

it.each(Object.entries(SIGHT))('%s eyes tell incidents and units apart by colour alone', (_name, sight) => {
  const pairs = APART.flatMap((a, i) => APART.slice(i + 1).map((b) => [a, b] as const));
  for (const [a, b] of pairs) {
    const [one, other] = [lab(dark[a], sight), lab(dark[b], sight)];
    const apart = Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
    expect(apart, `${a} and ${b}`).toBeGreaterThan(20);
  }
});
