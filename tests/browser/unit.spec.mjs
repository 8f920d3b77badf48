// A shift of a unit in the field, on its phone, once in each language: an order from its arrival to its end, a step
// without a network, an order that was recalled meanwhile, the own position, a call for help.
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { alone } from './alone.mjs';
import { deskOf, PHONE, Unit } from './unit.mjs';

const MOST_BYTES = 150_000;
const TARGET_PX = 48;
const TEXT = { zh: '桥下两人打架，一人倒地', en: 'two men fight below the bridge, one is down' };
const WORDS = {
  zh: { asked: '登录', waiting: '待发送（1）', kept: '无连接', end: '派警已结束', over: '该派警已结束', off: '已下岗' },
  en: { asked: 'Log in', waiting: 'Waiting to be sent (1)', kept: 'No connection', end: 'Order is over', over: 'the order is over', off: 'Off duty' },
};

for (const lang of ['zh', 'en']) {
  test(`a shift on the phone (${lang})`, async ({ browser, playwright }) => {
    test.setTimeout(240_000);
    const url = process.env.ONEMAP_URL;
    const password = process.env.ONEMAP_DEMO_PASSWORD;
    const words = WORDS[lang];
    const desk = await deskOf(playwright, url, 'dispatcher', password);
    const lead = await deskOf(playwright, url, 'lead', password);
    const own = await (await deskOf(playwright, url, 'unit', password)).get('/api/v1/session');
    const me = await desk.get(`/api/v1/units/${own.unit}`);
    const context = await browser.newContext({
      ...PHONE,
      geolocation: { longitude: me.lon, latitude: me.lat, accuracy: 9 },
      permissions: ['geolocation'],
    });
    const page = await context.newPage();
    const trouble = await alone(page, url);
    const unit = new Unit(page);
    const sent = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && /\/assignments\/.*\/commands$/.test(request.url())) sent.push(request.postDataJSON());
    });
    const stands = async (incident, order) =>
      (await desk.get(`/api/v1/incidents/${incident}`)).assignments.find(({ id }) => id === order);
    const state = (incident, order) => async () => (await stands(incident, order)).state;
    const call = () =>
      desk.report({ kind: 'public_order', priority: 2, lon: me.lon + 0.004, lat: me.lat + 0.002, accuracy_m: 20, text: TEXT[lang] });

    await test.step('the page is small, and asks for a login', async () => {
      const files = [];
      page.on('response', (answer) => files.push(answer));
      await page.goto(`${url}/unit?lang=${lang}`);
      await expect(page.getByRole('heading', { name: words.asked })).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('lang', lang === 'zh' ? 'zh-CN' : 'en');
      let bytes = 0;
      for (const answer of files) {
        const path = new URL(answer.url()).pathname;
        // Letters are for machines that have none; a phone has.
        if (path.startsWith('/api/') || path.endsWith('.woff2') || !answer.ok()) continue;
        const body = await answer.body().catch(() => Buffer.alloc(0));
        expect(body.includes('maplibre'), path).toBe(false);
        bytes += gzipSync(body).length;
      }
      expect(bytes).toBeGreaterThan(20_000);
      expect(bytes).toBeLessThan(MOST_BYTES);
    });

    await test.step('who has no order is told so', async () => {
      await unit.enter(url, lang, password);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(me.call_sign);
      await expect(unit.none).toBeVisible();
      await expect(unit.step).toHaveCount(0);
    });

    const first = await call();
    const order = await desk.assign(first.id, own.unit);
    await test.step('an order is on the screen, and the desk is told that it is', async () => {
      await expect(unit.order).toHaveAttribute('data-incident', first.id);
      await expect(unit.order).toContainText(TEXT[lang]);
      await expect.poll(state(first.id, order.id)).toBe('delivered');
      expect(await unit.next()).toBe('accept');
    });

    await test.step('every target is large enough for a thumb', async () => {
      const small = await page
        .locator('button, a, input, select, textarea')
        .evaluateAll(
          (all, least) =>
            all
              .map((one) => ({ what: one.textContent.trim() || one.getAttribute('aria-label'), box: one.getBoundingClientRect() }))
              .filter(({ box }) => box.width > 0 && (box.width < least || box.height < least))
              .map(({ what, box }) => `${what} ${box.width}x${box.height}`),
          TARGET_PX,
        );
      expect(small).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
    });

    await test.step('the one large button accepts, then departs, and says what the server answered', async () => {
      await unit.step.click();
      await expect.poll(state(first.id, order.id)).toBe('accepted');
      await expect(unit.answered).toBeVisible();
      await expect.poll(() => unit.next()).toBe('depart');
      await unit.step.click();
      await expect.poll(state(first.id, order.id)).toBe('en_route');
      await expect.poll(() => unit.next()).toBe('arrive');
    });

    await test.step('without a network the step is kept, also over a reload, and sent with its own time', async () => {
      await expect.poll(() => page.evaluate(() => navigator.serviceWorker.ready.then((is) => is.active?.state))).toBe('activated');
      await context.setOffline(true);
      const pressedAt = Date.now();
      await unit.step.click();
      await expect(unit.waiting).toContainText(words.waiting);
      await expect(unit.order).toHaveAttribute('data-shown', 'arrived');
      expect((await stands(first.id, order.id)).state).toBe('en_route');
      await page.reload();
      await expect(unit.waiting).toContainText(words.waiting);
      await expect(page.getByTestId('as-of')).toContainText(words.kept);
      await expect(unit.order).toHaveAttribute('data-shown', 'arrived');
      await page.waitForTimeout(3_000);
      const back = Date.now();
      await context.setOffline(false);
      await expect.poll(state(first.id, order.id)).toBe('arrived');
      await expect(unit.waiting).toHaveCount(0);
      const arrived = Date.parse((await stands(first.id, order.id)).times.arrived);
      expect(arrived).toBeGreaterThan(pressedAt - 2_000);
      expect(arrived).toBeLessThan(back - 2_000);
      const ids = sent.filter(({ type }) => type === 'arrive').map(({ command_id }) => command_id);
      expect(new Set(ids).size).toBe(1);
    });

    await test.step('a tap does not end it, holding does', async () => {
      await expect.poll(() => unit.next()).toBe('clear');
      await unit.hold(unit.step, 200);
      expect(sent.filter(({ type }) => type === 'clear')).toEqual([]);
      await unit.hold(unit.step, 1_400);
      await expect.poll(state(first.id, order.id)).toBe('cleared');
      await expect(unit.order).toContainText(words.end);
    });

    await test.step('what was found is reported back', async () => {
      await page.getByTestId('feedback').click();
      await page.getByTestId('feedback-text').fill(lang === 'zh' ? '双方已和解' : 'both made peace');
      await page.getByTestId('feedback-go').click();
      await expect(page.getByTestId('feedback-there')).toBeVisible();
      expect((await desk.get(`/api/v1/incidents/${first.id}`)).feedback.by).toBe('unit');
      await desk.command(first.id, { type: 'close', disposition: 'settled' });
      await page.getByTestId('put-away').click();
      await expect(unit.none).toBeVisible();
    });

    await test.step('a refusal of what was recalled meanwhile is told in words and kept until it is read', async () => {
      const second = await call();
      const lost = await desk.assign(second.id, own.unit);
      await expect(unit.order).toHaveAttribute('data-incident', second.id);
      await expect.poll(state(second.id, lost.id)).toBe('delivered');
      await context.setOffline(true);
      await page.getByTestId('decline').click();
      await unit.sheet.locator('[data-reason="defect"]').click();
      await expect(unit.waiting).toContainText(words.waiting);
      await desk.progress(lost.id, { type: 'recall' });
      await context.setOffline(false);
      await expect(unit.refused).toHaveAttribute('data-code', 'ASG-TERM');
      await expect(unit.refused).toContainText(words.over);
      await page.reload();
      await expect(unit.refused).toContainText(words.over);
      await page.getByTestId('read').click();
      await expect(unit.refused).toHaveCount(0);
      await desk.command(second.id, { type: 'cancel', reason: 'test' });
    });

    await test.step('the position is shared between the beginning and the end of duty, and the page says what is true', async () => {
      await expect(unit.sharing).toHaveAttribute('data-sharing', 'off');
      const told = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/api/v1/positions')) told.push(request.postDataJSON());
      });
      await unit.share.click();
      // The demo reports for the same unit: whoever is a moment older is not used, and that is said.
      await expect(unit.sharing).toHaveAttribute('data-sharing', /^(on|doubted)$/);
      expect(told.length).toBeGreaterThan(0);
      expect(told[0][0]).toMatchObject({ unit: own.unit, accuracy_m: 9 });
      expect(told[0][0].obs).toMatch(/^web-\w+:\w+:\d+$/);
      await desk.duty(own.unit, 'off_duty');
      await expect(unit.sharing).toHaveAttribute('data-sharing', 'off_duty');
      await expect(unit.sharing).toContainText(words.off);
      const before = told.length;
      await context.setGeolocation({ longitude: me.lon + 0.001, latitude: me.lat, accuracy: 9 });
      await page.waitForTimeout(7_000);
      expect(told.length).toBe(before);
      await desk.duty(own.unit, 'on_duty');
      await expect(unit.sharing).not.toHaveAttribute('data-sharing', 'off_duty');
      await unit.share.click();
      await expect(unit.sharing).toHaveAttribute('data-sharing', 'off');
    });

    await test.step('help is called by holding, and the page says that the desk has it', async () => {
      await unit.hold(unit.help, 900);
      await expect(unit.helpSays).toBeEmpty();
      await unit.hold(unit.help, 2_400);
      await expect(unit.helpSays).toContainText(/\d{8}-\d+/);
      const help = (await lead.get('/api/v1/incidents')).items.find(({ distress }) => distress === own.unit);
      expect(help.priority).toBe(1);
      await expect(unit.helpSays).toContainText(help.id);
      await desk.command(help.id, { type: 'feedback', text: 'spoken with the crew', disposition: 'safe' });
      await lead.command(help.id, { type: 'close', disposition: 'safe', spoken_with: me.call_sign });
      await expect(unit.helpSays).toBeEmpty();
    });

    await test.step('logging out leaves nothing on the phone', async () => {
      await unit.menu.click();
      // The page begins anew after it: what is asked of the old one would be lost.
      const anew = page.waitForEvent('load');
      await page.getByTestId('logout').click();
      await anew;
      await expect(unit.user).toBeVisible();
      const left = await page.evaluate(
        () =>
          new Promise((resolve) => {
            const asked = indexedDB.open('onemap-unit');
            asked.onsuccess = () => {
              const stores = asked.result.transaction(['entries', 'kept']);
              const entries = stores.objectStore('entries').count();
              const desk = stores.objectStore('kept').get('desk');
              stores.oncomplete = () => resolve([entries.result, desk.result ?? null]);
            };
          }),
      );
      expect(left).toEqual([0, null]);
    });

    expect(trouble).toEqual({ elsewhere: [], broken: [], thrown: [] });
    await context.close();
    await desk.close();
    await lead.close();
  });
}
