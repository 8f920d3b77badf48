/**
 * Every colour of the viewer, once. Panels read them as CSS variables (`--text-2`), the unit layer as numbers.
 *
 * Dark is for dim rooms and walls, light for consoles by day. The rule behind both: grey picture, colour only for
 * what matters, and never colour alone. `tokens.test.ts` checks the contrasts.
 */
export const dark = {
  bg: '#0f1419',
  panel: '#171d24',
  raised: '#212933',
  line: '#39434f',
  /** Edges of things one can act on need 3:1 (WCAG 1.4.11). */
  edge: '#6b7885',
  text: '#d5dce4',
  'text-2': '#a3afbc',
  'text-3': '#6b7885',
  focus: '#ffffff',
  select: '#7cc4ff',
  'on-select': '#0f1419',
  amber: '#ff9f1a',
  red: '#ff5a4f',
  /** Incidents by priority; each has a shape of its own besides. */
  p1: '#ff5a4f',
  p2: '#ff9f1a',
  p3: '#fff07a',
  p4: '#8fa6bd',
  camera: '#9fb4c8',
  'unit-free': '#b5e0ff',
  'unit-way': '#d45cf0',
  'unit-scene': '#2ec486',
  'unit-busy': '#a3afbc',
  'unit-stale': '#6b7885',
  'map-halo': '#0f1419',
} as const;

export type Token = keyof typeof dark;
export type Tokens = Readonly<Record<Token, string>>;

/** The same hues, darkened until they stand against light grey. */
export const light: Tokens = {
  bg: '#e6e9ec',
  panel: '#f4f6f8',
  raised: '#dfe4e9',
  line: '#b9c2cb',
  edge: '#6b7885',
  text: '#1a2129',
  'text-2': '#47535f',
  'text-3': '#6b7885',
  focus: '#0b1014',
  select: '#0a5c9e',
  'on-select': '#ffffff',
  amber: '#854700',
  red: '#b3261e',
  p1: '#b3261e',
  p2: '#8f4a00',
  p3: '#4d4a00',
  p4: '#47607a',
  camera: '#41566b',
  'unit-free': '#0a5c9e',
  'unit-way': '#8d1fa8',
  'unit-scene': '#0c6844',
  'unit-busy': '#47535f',
  'unit-stale': '#6b7885',
  'map-halo': '#e6e9ec',
};

export const themes = { dark, light } satisfies Record<string, Tokens>;
export type Theme = keyof typeof themes;

/** `#rrggbb` as three parts from 0 to 1. */
export function rgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

/** Contrast of two colours as WCAG 2.2 counts it: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = rgb(hex).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
