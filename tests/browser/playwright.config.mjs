import { defineConfig } from '@playwright/test';
import { chromium } from './chromium.mjs';

export default defineConfig({
  testMatch: '*.spec.mjs',
  globalSetup: './setup.mjs',
  // One demo, one browser: the journeys come one after the other.
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  use: { viewport: { width: 1920, height: 1080 }, launchOptions: chromium, screenshot: 'only-on-failure' },
});
