import chinese from '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2?url';
import latin from '@fontsource/noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2?url';
import ranges from '@fontsource/noto-sans-sc/unicode.json';

/** What styles name in `text-font`: MapLibre hands it to the canvas as a CSS family, as no style has `glyphs`. */
export const MAP_FONT = 'Noto Sans SC';

/** These come from the Latin file. Dashes, quotes and dots above it stay Chinese, which sets them full width. */
const LATIN_RANGE = 'U+0000-00FF, U+0131, U+0152-0153, U+20AC, U+2122';

/** Letters of the official names of Wenzhou's divisions that the common Chinese set leaves out: there from the start. */
const LOCAL = '磉榅巉徼砩塆泑漈籐爿坵艚峃溇';

/** The whole of the font in slices, each with the letters it holds; a browser fetches one when a letter is asked for. */
const files = import.meta.glob(
  '/node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-*-400-normal.woff2',
  {
    query: '?url',
    import: 'default',
    eager: true,
  },
) as Record<string, string>;

function slices(): { range: string; file: string }[] {
  return Object.entries(ranges as Record<string, string>).flatMap(([name, range]) => {
    const part = /^\[(\d+)\]$/.exec(name)?.[1] ?? (name === 'vietnamese' ? name : null);
    const file = files[`/node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-${part}-400-normal.woff2`];
    return part !== null && file !== undefined ? [{ range, file }] : [];
  });
}

/** Whether a CSS range (`U+4E00-4E10,U+5CC3`) holds a letter. */
export function holds(range: string, letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0;
  return range.split(',').some((part) => {
    const [from = '', to = from] = part.trim().slice(2).split('-');
    return code >= Number.parseInt(from, 16) && code <= Number.parseInt(to, 16);
  });
}

/** Adds the whole font in slices, each of which is fetched when one of its letters is drawn. */
export function addSlices(into: FontFaceSet): { range: string; face: FontFace }[] {
  return slices().map(({ range, file }) => {
    const face = new FontFace(MAP_FONT, `url(${file})`, { weight: '400', unicodeRange: range });
    into.add(face);
    return { range, face };
  });
}

/**
 * Loads the shipped fonts and waits for those that are needed at once: MapLibre draws a letter once and keeps it, so a
 * map made earlier would keep the letters of whatever font the machine happens to have. When rarer letters come later,
 * `onMore` is told, and the map draws its labels anew.
 *
 * A font that does not come is not worth a missing map; the page says so in the console and goes on.
 */
export async function loadFonts(into: FontFaceSet, onMore: () => void): Promise<void> {
  const now = [
    new FontFace(MAP_FONT, `url(${chinese})`, { weight: '400' }),
    new FontFace(MAP_FONT, `url(${latin})`, { weight: '400', unicodeRange: LATIN_RANGE }),
  ];
  // Of two faces that hold a letter the later one is taken, so the slices come first and the common set after them.
  for (const { range, face } of addSlices(into))
    if ([...LOCAL].some((letter) => holds(range, letter))) now.push(face);
  for (const face of now) into.add(face);
  const results = await Promise.allSettled(now.map((face) => face.load()));
  for (const result of results)
    if (result.status === 'rejected') console.warn('a font did not load', result.reason);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  into.addEventListener('loadingdone', (event) => {
    if (!event.fontfaces.some((face) => face.family.includes(MAP_FONT))) return;
    // Several slices come one after the other.
    clearTimeout(waiting);
    waiting = setTimeout(onMore, 300);
  });
}
