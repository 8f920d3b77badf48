// A planner at work, once in each language: what is covered, what would be, where units should stand, and the plan.
import { expect, test } from '@playwright/test';
import { alone } from './alone.mjs';
import { Screen } from './screen.mjs';

const VIEW = '#map=12.6/28.003/120.675';
const WORDS = {
  zh: { asked: '登录', data: '这是报警事件，不是人', later: '尚未建成', gained: '增加', sure: '不能更改' },
  en: { asked: 'Log in', data: 'These are reported events, not people', later: 'not built yet', gained: 'gained', sure: 'never changed' },
};

for (const lang of ['zh', 'en']) {
  test(`a plan is made of what is covered and what would be (${lang})`, async ({ page, playwright }) => {
    // Two maps are drawn by software on one small machine.
    test.setTimeout(300_000);
    const url = process.env.ONEMAP_URL;
    const password = process.env.ONEMAP_DEMO_PASSWORD;
    const words = WORDS[lang];
    const trouble = await alone(page, url);
    const screen = new Screen(page);
    const at = (id) => page.getByTestId(id);
    const drawn = () => page.evaluate(() => window.__onemap.operations());
    const share = async (where) => Number.parseFloat(await where.locator('strong').first().textContent());
    const clickMap = async (x, y) => {
      const box = await page.locator('.stage.a canvas').first().boundingBox();
      await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
    };

    await test.step('the page asks for a login, and tells what stands behind its numbers', async () => {
      await screen.open(`${url}/plan?lang=${lang}${VIEW}`);
      await expect(page.getByRole('heading', { name: words.asked })).toBeVisible();
      await screen.login('planner', password);
      await screen.settle();
      await expect(at('data')).toContainText(words.data);
      await expect(at('data')).toContainText(/\d{3,}/);
      await expect(at('later')).toContainText(words.later);
      for (const s of [180, 300, 480]) expect(await share(page.locator(`[data-limit="${s}"]`).getByTestId('now'))).toBeGreaterThan(1);
    });

    await test.step('each hour of the week says its calls and its share, for the limit that is chosen', async () => {
      await expect(at('hours').locator('[data-hour]')).toHaveCount(168);
      const seen = await at('hours').locator('[data-hour]').evaluateAll((all) => new Set(all.map((one) => one.className)).size);
      expect(seen).toBeGreaterThan(1);
      await at('hours').locator('[data-hour="40"]').click();
      await expect(at('hour-says')).toContainText('16:00');
      await page.keyboard.press('ArrowRight');
      await expect(at('hour-says')).toContainText('17:00');
      await page.locator('[data-limit="480"] button').click();
      await expect(at('hour-says')).toContainText(/17:00.*100\.0 %|17:00.*(没有报警|no calls)/);
      await page.locator('[data-limit="180"] button').click();
    });

    await test.step('a click shows how far a car comes from there', async () => {
      await clickMap(0.5, 0.5);
      await expect.poll(async () => (await drawn()).reaches).toBe(1);
    });

    await test.step('heat lies under the plan, with its days and its number', async () => {
      const picture = page.waitForResponse((answer) => /\/heat\/incidents\/.*\.png/.test(answer.url()));
      await at('heat-on').check();
      expect((await picture).status()).toBe(200);
      expect((await drawn()).heat).toBe(1);
      await expect(at('heat-n')).toContainText(/[1-9]\d{2,}/);
      const ninety = await at('heat-period').textContent();
      await at('heat-days').selectOption('30');
      await expect(at('heat-period')).not.toHaveText(ninety);
      await at('heat-on').uncheck();
      await expect.poll(async () => (await drawn()).heat).toBe(0);
    });

    await test.step('fewer kinds of unit cover no more', async () => {
      const before = await at('now').nth(0).textContent();
      const whole = await share(at('now').nth(0));
      await page.locator('[data-kind="police_vehicle"]').click();
      await expect.poll(() => at('now').nth(0).textContent()).not.toBe(before);
      expect(await share(at('now').nth(0))).toBeLessThanOrEqual(whole);
    });

    await test.step('sites are found among posts, and tried as further units', async () => {
      await at('sites-from').selectOption('posts');
      await at('sites-n').fill('3');
      await at('sites-go').click();
      await expect(page.locator('[data-site]')).toHaveCount(3);
      await at('sites-units').click();
      await expect(page.locator('[data-stand]')).toHaveCount(3);
      await expect(at('difference').locator('li').first()).toContainText(words.gained);
      expect(await share(at('would').nth(0))).toBeGreaterThan(await share(at('now').nth(0)));
      await expect.poll(async () => (await drawn()).reaches).toBe(4);
    });

    await test.step('a step is taken back', async () => {
      await page.locator('header').click();
      await page.keyboard.press('Control+z');
      await expect(page.locator('[data-stand]')).toHaveCount(0);
      await expect(at('difference')).toHaveCount(0);
    });

    await test.step('without a mouse a unit is added at the middle of the map, and a road is closed by two clicks', async () => {
      await page.locator('[data-mode="add"]').focus();
      await page.keyboard.press('Enter');
      await at('at-centre').focus();
      await page.keyboard.press('Enter');
      await expect(page.locator('[data-stand="+1"]')).toBeVisible();
      await page.locator('[data-mode="close"]').click();
      await clickMap(0.42, 0.42);
      await clickMap(0.46, 0.5);
      await expect(page.locator('[data-closed="0"]')).toBeVisible();
      await expect.poll(async () => (await drawn()).closed).toBe(1);
      await expect(at('difference')).toBeVisible();
    });

    await test.step('both are seen side by side, and move together', async () => {
      await at('compare').click({ timeout: 60_000 });
      await expect(page.locator('.stage.b canvas')).toBeVisible({ timeout: 60_000 });
      await page.waitForTimeout(3_000);
      const scales = () => page.locator('.maplibregl-ctrl-scale').allTextContents();
      const before = (await scales())[0];
      await page.locator('.tools button').first().click({ timeout: 60_000 });
      await expect.poll(async () => new Set(await scales()).size, { timeout: 60_000 }).toBe(1);
      await expect.poll(async () => (await scales())[0], { timeout: 60_000 }).not.toBe(before);
      await at('compare').click({ timeout: 60_000 });
      await expect(page.locator('.stage.b')).toBeHidden();
    });

    const id = `shift-${lang}-${Date.now().toString(36)}`;
    await test.step('posts become a plan, which asks once before it is published', async () => {
      await at('sites-posts').click();
      await expect(page.locator('[data-post]')).toHaveCount(3);
      await at('plan-title').fill(lang === 'zh' ? '夜班' : 'Night shift');
      await at('plan-id').fill(id);
      await at('plan-note').fill(lang === 'zh' ? '周五夜间' : 'Friday night');
      await at('plan-go').click();
      await expect(at('publish')).toContainText(words.sure);
      await expect(at('plan-done')).toHaveCount(0);
      await at('plan-go').click();
      await expect(at('plan-done')).toContainText(id);
      await expect(at('plan-done')).toContainText('%');
    });

    await test.step('and is to be had as files', async () => {
      const line = at('plans').locator(`[data-plan="${id}"]`);
      const file = async (name) => page.request.get(url + (await line.getByRole('link', { name }).getAttribute('href')));
      expect((await (await file('GeoJSON')).json()).features).toHaveLength(3);
      expect((await (await file('GPX')).text()).match(/<wpt /g)).toHaveLength(3);
    });

    await test.step('what somebody else published meanwhile is not written over', async () => {
      const other = await playwright.request.newContext({ baseURL: url });
      await other.post('/api/v1/session', { data: { user: 'planner', password } });
      const [post] = (await (await other.get(`/api/v1/plans/${id}`)).json()).posts;
      const next = await other.post('/api/v1/plans', { data: { id, title: 'other', posts: [post] } });
      expect(next.status()).toBe(201);
      await at('plan-go').click();
      await at('plan-go').click();
      await expect(at('plan-refused')).toContainText(lang === 'zh' ? '第 2 版' : 'version 2');
      await other.dispose();
    });

    await test.step('who may not plan is told whom to ask', async () => {
      await page.getByRole('button', { name: /退出|Log out/ }).click();
      await screen.login('unit', password);
      await expect(at('no-right')).toBeVisible();
      await expect(at('plan-go')).toHaveCount(0);
    });

    expect(trouble).toEqual({ elsewhere: [], broken: [], thrown: [] });
  });
}
