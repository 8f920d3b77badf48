import { words as catalogue, type Language, type Words } from '../words';
import { cell, derived } from './cell';

/** The one thing kept in the browser: which language this desk reads. */
const KEY = 'onemap.lang';

/** The address decides, then what was chosen last, then Chinese. */
function first(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'zh' || asked === 'en') return asked;
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh'; // storage may be forbidden
  }
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
