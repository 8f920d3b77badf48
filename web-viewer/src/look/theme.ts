import { type Theme, themes } from './tokens';

/** Gives the page its colours, and the browser's own parts (scroll bars, fields) the matching scheme. */
export function wear(root: HTMLElement, theme: Theme): void {
  for (const [name, value] of Object.entries(themes[theme])) root.style.setProperty(`--${name}`, value);
  root.style.colorScheme = theme;
  root.dataset.theme = theme;
}
