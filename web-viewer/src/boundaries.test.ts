import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const here = new URL('.', import.meta.url).pathname;
const files = (folder: string) =>
  readdirSync(join(here, folder), { recursive: true })
    .map(String)
    .filter((name) => /\.(ts|svelte)$/.test(name))
    .map((name) => join(folder, name));
const imports = (file: string) =>
  [...readFileSync(join(here, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    (found) => found[1] ?? '',
  );
/** Files of a folder that import what matches. */
const trespass = (folder: string, wrong: RegExp) =>
  files(folder).flatMap((file) =>
    imports(file)
      .filter((from) => wrong.test(from))
      .map((from) => `${file} imports ${from}`),
  );

it('the map knows no Svelte and no panels', () => expect(trespass('map', /svelte|panels\//)).toEqual([]));
it('panels know no MapLibre and no map', () => expect(trespass('panels', /maplibre|\/map\//)).toEqual([]));
it('live and state know neither', () =>
  expect(['live', 'state'].flatMap((folder) => trespass(folder, /svelte|maplibre|panels\/|\/map\//))).toEqual(
    [],
  ));
it('wire stands alone', () => expect(trespass('wire', /\.\.\/|svelte|maplibre/)).toEqual([]));
it('no file is longer than 500 lines', () => {
  const long = files('.').filter((file) => readFileSync(join(here, file), 'utf8').split('\n').length > 500);
  expect(long.filter((file) => !file.endsWith('types.gen.ts'))).toEqual([]);
});
it('every colour is a token', () => {
  const loose = [...files('panels'), ...files('map')].filter((file) =>
    /#[0-9a-f]{6}\b|rgba?\(/i.test(readFileSync(join(here, file), 'utf8').replace(/\brgb\(t/g, '')),
  );
  expect(loose).toEqual([]);
});
