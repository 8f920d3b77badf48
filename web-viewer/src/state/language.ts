import { words as catalogue, type Language, type Words } from '../words';
import { cell, derived } from './cell';

/** The one thing kept in the browser: which language this desk reads. */
const KEY = 'onemap.lang';

/** The address decides, then what was chosen last, then what the browser asks for first: Chinese, or else English. */
function first(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'zh' || asked === 'en') return asked;
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === 'zh' || kept === 'en') return kept;
  } catch {
    // Storage may be forbidden.
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const language = cell<Language>(first());
export const words = derived<Language, Words>(language, (lang) => catalogue[lang]);

export function speak(lang: Language): void {
  language.set(lang);
  try {
    localStorage.setItem(KEY, lang);
  } catch {
    // Then the choice lasts as long as the page.
  }
}
