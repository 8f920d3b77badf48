/**
 * What a key press means on the console. Rules against keys that misfire:
 *
 * - full-width letters and signs count as their half-width twins (`／`, `！`, `１`);
 * - a press that belongs to an input method's composition means nothing (`isComposing`, `keyCode` 229), nor does Enter
 *   within 300 ms after a composition ended: that Enter chose a word;
 * - a key that is held down acts once;
 * - single letters act only while no field has the focus.
 *
 * That nothing is sent within 500 ms after the thing that it would be sent for appeared is held where things are sent.
 */

/** Rows that have a number key, and cameras that have a function key. */
export const UNIT_KEYS = 9;
export const CAMERA_KEYS = 4;

/** An input method's Enter reaches the page just after its composition ended. */
const COMPOSED_MS = 300;

/** The part of a `KeyboardEvent` that is read. */
export interface Press {
  key: string;
  keyCode: number;
  isComposing: boolean;
  repeat: boolean;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** Where the focus is: nowhere in particular, in a field of one line, in a longer text, on something that Enter presses. */
export type Focus = 'none' | 'line' | 'text' | 'button';

/** What lies on top: a dialog, a draft, or the desk itself. */
export type Top = 'dialog' | 'draft' | 'desk';

export type Act =
  | { do: 'row'; n: number }
  | { do: 'camera'; n: number }
  | {
      do:
        | 'plan'
        | 'enter'
        | 'back'
        | 'new'
        | 'next'
        | 'previous'
        | 'bar'
        | 'help'
        | 'voice'
        | 'undo'
        | 'join'
        | 'ring'
        | 'board'
        | 'print'
        | 'picture'
        | 'divide'
        | 'link'
        | 'wall'
        | 'wall-back';
    }
  | { do: 'layers' | 'heat' | 'home' };

/** `／` is `/`, `１` is `1`, `Ｎ` is `N`: the block of full-width forms lies 0xFEE0 above ASCII. */
export function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ');
}

const LETTERS: Readonly<Record<string, Act>> = {
  n: { do: 'new' },
  j: { do: 'next' },
  k: { do: 'previous' },
  v: { do: 'voice' },
  u: { do: 'undo' },
  r: { do: 'ring' },
  b: { do: 'board' },
  o: { do: 'divide' },
  p: { do: 'print' },
  w: { do: 'wall' },
  l: { do: 'layers' },
  h: { do: 'heat' },
  '0': { do: 'home' },
  '/': { do: 'bar' },
  '?': { do: 'help' },
};

/** Letters that mean something else with Shift. */
const SHIFTED: Readonly<Record<string, Act>> = {
  o: { do: 'link' },
  p: { do: 'picture' },
  w: { do: 'wall-back' },
};

export class Keys {
  #composed_ms = Number.NEGATIVE_INFINITY;

  /** An input method has put its word into a field. */
  compositionEnded(at_ms: number): void {
    this.#composed_ms = at_ms;
  }

  /** Whether an Enter now still belongs to the word that was just chosen. */
  composing(at_ms: number): boolean {
    return at_ms - this.#composed_ms < COMPOSED_MS;
  }

  /** What a press means; null when it is none of ours. */
  read(press: Press, focus: Focus, top: Top, at_ms: number): Act | null {
    if (press.isComposing || press.keyCode === 229) return null;
    const key = halfWidth(press.key);
    if (key === 'Enter') return this.#enter(press, focus, top, at_ms);
    if (press.repeat && key !== 'j' && key !== 'k') return null;
    if (key === 'Escape') return { do: 'back' };
    if (press.altKey || press.metaKey) return null;
    const camera = /^F([1-4])$/.exec(key)?.[1];
    if (camera !== undefined && !press.ctrlKey && !press.shiftKey) return { do: 'camera', n: Number(camera) };
    if (focus === 'line' || focus === 'text') return null;
    if (press.ctrlKey) return key === 'z' && !press.shiftKey ? { do: 'undo' } : null;
    if (/^[1-9]$/.test(key)) return { do: 'row', n: Number(key) };
    if (top === 'dialog') return null;
    const small = key.toLowerCase();
    if (top === 'draft') return small === 'd' ? { do: 'join' } : small === '/' ? { do: 'bar' } : null;
    return (press.shiftKey ? SHIFTED[small] : undefined) ?? LETTERS[small] ?? null;
  }

  #enter(press: Press, focus: Focus, top: Top, at_ms: number): Act | null {
    if (press.repeat || this.composing(at_ms)) return null;
    if (press.ctrlKey || press.altKey || press.metaKey) return null;
    if (focus === 'text') return null;
    if (press.shiftKey) return top === 'desk' && focus !== 'line' ? { do: 'plan' } : null;
    // What has the focus is pressed by the browser itself.
    return focus === 'button' ? null : { do: 'enter' };
  }
}
