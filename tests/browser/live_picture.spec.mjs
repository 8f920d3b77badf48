// From a click on the map to the picture of a camera that moves, that is told to be gone, and that comes back.
import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { cameras } from './cameras.mjs';
import { Screen, VIEW } from './screen.mjs';

const WORDS = {
  en: { live: 'Live', reason: 'Reason wanted' },
  zh: { live: '实时', reason: '须填写事由' },
};

for (const lang of ['zh', 'en']) {
  test(`a click becomes a live picture (${lang})`, async ({ page }) => {
    test.skip(!process.env.ONEMAP_STREAMS, 'the demo at ONEMAP_URL has streams of its own');
    const screen = new Screen(page);
    let source = await cameras();
    try {
      const url = process.env.ONEMAP_URL;
      await screen.open(`${url}/?lang=${lang}${VIEW}`);
      await screen.login('lead', process.env.ONEMAP_DEMO_PASSWORD);
      await screen.settle();
      const answer = page.waitForResponse((response) => response.url().endsWith('/api/v1/surroundings'));
      await screen.clickGround();
      const found = (await (await answer).json()).cameras.items;
      expect(found.length).toBeGreaterThan(0);

      await test.step('the operator says where the stream is', async () => {
        const lines = found.map(({ id }) => `"${id}" = "${source.url('live')}"\n`);
        writeFileSync(process.env.ONEMAP_STREAMS, `[cameras]\n${lines.join('')}`);
        const known = async () => {
          const data = { purpose: 'test', reason: 'whether the stream is known' };
          const path = `${url}/api/v1/cameras/${found[0].fid}/tickets`;
          return (await (await page.request.post(path, { data })).json()).has_stream;
        };
        await expect.poll(known, { timeout: 15_000 }).toBe(true);
      });

      const tile = page.getByTestId('video-tile');
      const video = tile.locator('video');
      const at = () => video.evaluate((element) => element.currentTime);
      const moves = async () => {
        const before = await at();
        await page.waitForTimeout(1_500);
        return (await at()) - before;
      };

      await test.step('whoever opens a camera says why', async () => {
        await screen.found('cameras').getByTestId('watch').first().click();
        await expect(page.getByTestId('video-state')).toHaveText(WORDS[lang].reason);
        await page.getByTestId('video-reason').fill('a test looks');
        await page.getByTestId('video-open').click();
      });

      await test.step('the picture moves', async () => {
        await expect(tile).toHaveAttribute('data-state', 'live', { timeout: 30_000 });
        await expect(page.getByTestId('video-state')).toHaveText(WORDS[lang].live);
        await expect.poll(moves, { timeout: 30_000 }).toBeGreaterThan(0.5);
        const shown = await video.evaluate((element) => ({
          width: element.videoWidth,
          frames: element.getVideoPlaybackQuality().totalVideoFrames,
          behind: element.buffered.end(element.buffered.length - 1) - element.currentTime,
        }));
        expect(shown.width).toBe(320);
        expect(shown.frames).toBeGreaterThan(10);
        expect(shown.behind).toBeLessThan(3);
        const clock = await page.getByTestId('video-clock').getAttribute('datetime');
        expect(Math.abs(Date.parse(clock) - Date.now())).toBeLessThan(10_000);
      });

      await test.step('a camera that is gone is never shown as live', async () => {
        await source.kill();
        await expect(tile).not.toHaveAttribute('data-state', 'live', { timeout: 15_000 });
        await expect(video).toHaveClass(/old/);
      });

      await test.step('it comes back by itself', async () => {
        source = await cameras(source.ports);
        await expect(tile).toHaveAttribute('data-state', 'live', { timeout: 60_000 });
        await expect.poll(moves, { timeout: 30_000 }).toBeGreaterThan(0.5);
      });
    } finally {
      await source.kill();
    }
  });
}
