import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { unitFiles } from './unit-files.ts';

/** The server that the page is developed against. */
const server = process.env.ONEMAP_URL ?? 'http://127.0.0.1:8080';
const proxy = { '/api': { target: server, ws: true }, '/style': server, '/tiles': server, '/heat': server };

export default defineConfig({
  plugins: [svelte(), unitFiles()],
  base: '/',
  build: {
    target: 'es2022',
    // Nothing is inlined as data: the page's policy lets fonts and workers come from files of the same origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // MapLibre alone is near 1 MB before gzip; the default warning at 500 kB would cry at every build.
    chunkSizeWarningLimit: 1300,
  },
  server: { proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
