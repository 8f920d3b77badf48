/** What a key or a remote control does on a wall. Nothing here gives an order: a wall only looks. */
import { halfWidth, type Press } from './keys';

export type WallAct =
  | { do: 'row'; n: number }
  | {
      do:
        | 'city'
        | 'next'
        | 'previous'
        | 'below'
        | 'above'
        | 'hold'
        | 'acknowledge'
        | 'lock'
        | 'curtain'
        | 'layers'
        | 'heat'
        | 'full';
    };

const KEYS: Readonly<Record<string, WallAct>> = {
  '0': { do: 'city' },
  arrowright: { do: 'next' },
  arrowleft: { do: 'previous' },
  arrowdown: { do: 'below' },
  arrowup: { do: 'above' },
  ' ': { do: 'hold' },
  a: { do: 'acknowledge' },
  k: { do: 'lock' },
  c: { do: 'curtain' },
  l: { do: 'layers' },
  h: { do: 'heat' },
  f: { do: 'full' },
};

/** Null for a key that is none of ours. A key that is held down acts once; only arrows repeat. */
export function readWallKey(press: Press, inField: boolean): WallAct | null {
  if (inField || press.isComposing || press.keyCode === 229) return null;
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const key = press.key === ' ' ? ' ' : halfWidth(press.key).toLowerCase();
  if (press.repeat && !key.startsWith('arrow')) return null;
  if (/^[1-9]$/.test(key)) return { do: 'row', n: Number(key) };
  return Object.hasOwn(KEYS, key) ? (KEYS[key] ?? null) : null;
}
