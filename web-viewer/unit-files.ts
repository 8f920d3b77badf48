import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

/** What a phone is sent before it can work, compressed, may be no more; a build that is beyond it fails. */
const MOST_BYTES = 150_000;
/** Of the public folder. */
const BESIDE = ['/icon.svg', '/unit.webmanifest'];

/**
 * Writes the service worker of `/unit`: its template with the files of that page and a version that is made of their
 * content. Measures those files while it has them in hand.
 */
export function unitFiles(): Plugin {
  const template = new URL('unit-worker.js', import.meta.url);
  return {
    name: 'onemap-unit-files',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
      const page = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/src/unit-page.ts'));
      const entry = chunks.find(({ isEntry }) => isEntry);
      if (page === undefined || entry === undefined)
        return this.error('there is no chunk of src/unit-page.ts');
      const names = [...new Set([...filesOf(entry, bundle), ...filesOf(page, bundle)])].sort();
      const bytes = names.map((name) => gzipSync(contentOf(bundle[name])).length);
      const sum = bytes.reduce((all, one) => all + one, 0);
      const list = names.map((name, at) => `${name} ${bytes[at]}`).join(', ');
      this.info(`/unit is ${sum} bytes compressed: ${list}`);
      if (sum > MOST_BYTES)
        return this.error(`/unit is ${sum} bytes compressed, more than ${MOST_BYTES}: ${list}`);
      if (names.some((name) => /maplibre/i.test(contentOf(bundle[name]).toString('latin1'))))
        return this.error('the map has come into the page for units in the field');
      const paths = [...names.map((name) => `/${name}`), ...BESIDE];
      const text = readFileSync(template, 'utf8');
      const digest = createHash('sha256').update(text);
      for (const name of names) digest.update(name).update(contentOf(bundle[name]));
      const source = text
        .replace("'@files'", JSON.stringify(paths))
        .replace('@version', digest.digest('hex').slice(0, 16));
      this.emitFile({ type: 'asset', fileName: 'unit-worker.js', source });
    },
  };
}

/** A chunk, what it needs before it runs, and the styles of both. What it may fetch later is not among them. */
function filesOf(chunk: Rollup.OutputChunk, bundle: Rollup.OutputBundle): string[] {
  const seen = new Set<string>();
  const walk = (name: string) => {
    const one = bundle[name];
    if (seen.has(name) || one === undefined) return;
    seen.add(name);
    if (one.type !== 'chunk') return;
    for (const style of one.viteMetadata?.importedCss ?? []) seen.add(style);
    for (const next of one.imports) walk(next);
  };
  walk(chunk.fileName);
  return [...seen];
}

function contentOf(one: Rollup.OutputChunk | Rollup.OutputAsset | undefined): Buffer {
  if (one === undefined) return Buffer.alloc(0);
  return Buffer.from(one.type === 'chunk' ? one.code : one.source);
}
