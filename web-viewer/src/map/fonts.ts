import slice59 from '@fontsource/noto-sans-sc/files/noto-sans-sc-59-400-normal.woff2?url';
import slice73 from '@fontsource/noto-sans-sc/files/noto-sans-sc-73-400-normal.woff2?url';
import chinese from '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2?url';
import latin from '@fontsource/noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2?url';

/** What styles name in `text-font`: MapLibre hands it to the canvas as a CSS family, as no style has `glyphs`. */
export const MAP_FONT = 'Noto Sans SC';

/** These come from the Latin file. Dashes, quotes and dots above it stay Chinese, which sets them full width. */
const LATIN_RANGE = 'U+0000-00FF, U+0131, U+0152-0153, U+20AC, U+2122';

/**
 * Loads the shipped fonts and waits for them: MapLibre draws a letter once and keeps it, so a map made earlier
 * would keep the letters of whatever font the machine happens to have.
 *
 * A font that does not come is not worth a missing map; the page says so in the console and goes on.
 */
export async function loadFonts(into: FontFaceSet): Promise<void> {
  const faces = [
    new FontFace(MAP_FONT, `url(${chinese})`, { weight: '400' }),
    new FontFace(MAP_FONT, `url(${latin})`, { weight: '400', unicodeRange: LATIN_RANGE }),
    // Letters of local place names (大峃, 溇) that the common Chinese set leaves out.
    new FontFace(MAP_FONT, `url(${slice73})`, { weight: '400', unicodeRange: 'U+5CC3' }),
    new FontFace(MAP_FONT, `url(${slice59})`, { weight: '400', unicodeRange: 'U+6E87' }),
  ];
  for (const face of faces) into.add(face);
  const results = await Promise.allSettled(faces.map((face) => face.load()));
  for (const result of results)
    if (result.status === 'rejected') console.warn('a font did not load', result.reason);
}
