// The journey of a dispatcher from a click to a closed incident, with a second one beside, once in each language.
import { expect, test } from '@playwright/test';
import { alone } from './alone.mjs';
import { Console } from './console.mjs';
import { VIEW } from './screen.mjs';

const WORDS = {
  zh: { unknown: '未知', asked: '登录', tooSoon: '未发送', taken: '警力已被占用', closed: '已办结', offered: '派警', unlocated: '未定位', located: '已确认位置', metres: '米', unknownState: '状态未知', registered: '约', zone: '划定', lift: '解除' },
  en: { unknown: 'Unknown', asked: 'Log in', tooSoon: 'not sent', taken: 'somebody else has', closed: 'closed', offered: 'Sent', unlocated: 'not located', located: 'place confirmed', metres: ' m', unknownState: 'state not known', registered: 'about', zone: 'Zone drawn', lift: 'Lift' },
};

for (const lang of ['zh', 'en']) {
  test(`a click becomes an order, and one unit goes once (${lang})`, async ({ page, browser }) => {
    // Two consoles draw their maps by software on one small machine.
    test.setTimeout(360_000);
    const url = process.env.ONEMAP_URL;
    const password = process.env.ONEMAP_DEMO_PASSWORD;
    const words = WORDS[lang];
    const trouble = await alone(page, url);
    const desk = new Console(page);
    const sent = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && /\/commands$/.test(request.url())) sent.push(request.postDataJSON());
    });
    const orders = () => sent.filter(({ type }) => type === 'assign');

    await test.step('the page opens without a login and asks for it', async () => {
      await desk.open(`${url}/dispatch?lang=${lang}${VIEW}`);
      await expect(page.getByRole('heading', { name: words.asked })).toBeVisible();
      await expect(desk.queue).toHaveCount(0);
    });

    await test.step('a dispatcher sees the queue and how fresh the sources are', async () => {
      await desk.login('dispatcher', password);
      await desk.settle();
      await expect(desk.queue).toBeVisible();
      await expect(desk.sources).toContainText(/\d/);
    });

    let id;
    await test.step('a click and Enter make an incident of unknown kind, with who could go and what sees it', async () => {
      await desk.clickMap();
      await expect(desk.draft.getByRole('button', { name: words.unknown, exact: true })).toHaveAttribute('aria-pressed', 'true');
      await desk.pressAsSoonAs('[data-testid="ranked-units"] li[data-unit]', '1');
      await desk.press('Enter');
      await expect(desk.incident).toBeVisible();
      id = await desk.incident.getAttribute('data-id');
      await expect(desk.queue.locator(`[data-incident="${id}"]`)).toBeVisible();
      const rows = await desk.rows();
      expect(rows.length).toBeGreaterThan(2);
      expect(rows[0].proposed).toBe(true);
      expect(rows[0].text).toMatch(/\d:\d\d/);
      await expect(desk.cameras.locator('[data-sees]').or(desk.cameras.getByTestId('none-sees')).first()).toBeVisible();
    });

    let first;
    await test.step('a key in the moment in which the units appear sends nobody, and says so', async () => {
      await expect.poll(() => desk.saidThen()).toContain(words.tooSoon);
      expect(orders()).toEqual([]);
    });

    await test.step('the third action sends the unit beside the key, once', async () => {
      first = (await desk.rows())[0].unit;
      await desk.press('1');
      await expect(desk.order(first)).toBeVisible();
      expect(orders().map(({ unit }) => unit)).toEqual([first]);
      expect(orders()[0].basis.recommendation).toMatch(/^[0-9a-f]{64}$/);
      await expect.poll(() => desk.told()).toEqual(expect.arrayContaining(['incident.reported', 'assignment.offered']));
      const name = await desk.order(first).locator('.name').textContent();
      await expect(desk.timeline.locator('[data-kind="assignment.offered"]').first()).toContainText(name);
      await expect(desk.timeline).toContainText(words.offered);
    });

    await test.step('V says that the unit has answered by radio', async () => {
      await desk.press('v');
      await expect(desk.order(first)).toHaveAttribute('data-state', /accepted|en_route|arrived/);
      await expect(desk.head).toHaveAttribute('data-phase', /responding|on_scene/);
    });

    await test.step('it is on the map, and a function key shows what a camera sees', async () => {
      const before = await desk.drawn();
      expect(before.incident).toBeGreaterThan(0);
      if (before.camera > 0) {
        await page.keyboard.press('F1');
        await expect.poll(async () => (await desk.drawn()).cone).toBeGreaterThan(0);
        await expect.poll(async () => (await desk.drawn()).view).toBe(1);
        await page.keyboard.press('F1');
        await expect.poll(async () => (await desk.drawn()).view).toBe(0);
      }
    });

    await test.step('what helps near is listed with its distance and what is known of it', async () => {
      const toggle = page.getByTestId('resources-toggle');
      await toggle.click();
      await expect(desk.resources.locator('dt')).toHaveCount(8);
      const hydrant = desk.resources.locator('dt[data-kind="hydrant"] + dd [data-resource]').first();
      await expect(hydrant).toContainText(words.metres);
      await expect(hydrant).toContainText(words.unknownState);
      await toggle.click();
      await expect(desk.resources.locator('dt')).toHaveCount(0);
    });

    await test.step('a zone is drawn, says who lies in it, and is lifted', async () => {
      await desk.drawZone(250, lang === 'zh' ? '燃气泄漏' : 'gas');
      await expect(page.getByTestId('zone-people')).toContainText(words.registered);
      await expect(desk.zones.getByTestId('zone-buildings')).toHaveCount(0);
      await expect.poll(async () => (await desk.drawn()).zone).toBe(1);
      await expect(desk.timeline.locator('[data-kind="zone.drawn"]')).toContainText(words.zone);
      await desk.zones.getByRole('button', { name: words.lift }).click();
      await expect.poll(async () => (await desk.drawn()).zone).toBe(0);
    });

    await test.step('without a net an order waits, and goes once when the net is back', async () => {
      const free = (await desk.rows()).findIndex(({ sent: has }) => !has);
      const unit = (await desk.rows())[free].unit;
      const before = sent.length;
      await page.context().setOffline(true);
      await desk.press(String(free + 1));
      await expect(page.locator('[data-job="waiting"]').first()).toBeVisible();
      await page.context().setOffline(false);
      await expect(desk.order(unit)).toBeVisible();
      const asked = sent.slice(before);
      expect(asked.length).toBeGreaterThan(1);
      expect(new Set(asked.map(({ command_id }) => command_id)).size).toBe(1);
      await expect(desk.undo).toBeVisible();
      await desk.press('u');
      await expect(desk.order(unit)).toHaveAttribute('data-state', 'recalled');
    });

    await test.step('a call without a place stands first, and a click on the map says where it is', async () => {
      const call = { kind: 'help', priority: 4, source: 'call_110', text: lang === 'zh' ? '说不清在哪' : 'lost' };
      const answer = await page.request.post(`${url}/api/v1/incidents`, { data: call });
      const lost = (await answer.json()).id;
      await expect(desk.queue.locator('[data-incident]').first()).toHaveAttribute('data-incident', lost);
      await desk.queue.locator(`[data-incident="${lost}"]`).click();
      await expect(desk.head).toContainText(words.unlocated);
      await page.getByTestId('place').click();
      await expect(page.getByTestId('placing')).toBeVisible();
      const box = await desk.canvas.boundingBox();
      await page.mouse.click(box.x + box.width * 0.37, box.y + box.height * 0.8);
      await expect(desk.head).toContainText(words.located);
      await expect(desk.timeline.locator('[data-kind="incident.located"]')).toBeVisible();
      await expect(desk.units.locator('li[data-unit]').first()).toBeVisible();
      await desk.queue.locator(`[data-incident="${id}"]`).click();
      await expect(desk.incident).toHaveAttribute('data-id', id);
    });

    const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
    const page2 = await context.newPage();
    const trouble2 = await alone(page2, url);
    const desk2 = new Console(page2);
    let both;
    await test.step('a second dispatcher who wants the same unit is told who has it', async () => {
      await desk2.enter(`${url}/dispatch?lang=${lang}${VIEW}`, 'dispatcher2', password);
      await expect(desk2.queue.locator(`[data-incident="${id}"]`)).toBeVisible();
      await desk2.clickMap();
      await desk2.press('Enter');
      await expect(desk2.incident).toBeVisible();
      await expect.poll(async () => (await desk2.rows()).length).toBeGreaterThan(2);
      // Both look at a list that holds the unit; the first takes it.
      const free = async (rows) => (await rows).filter(({ sent: has }) => !has).map(({ unit }) => unit);
      const [mine, theirs] = [await free(desk.rows()), await free(desk2.rows())];
      both = mine.find((unit) => theirs.includes(unit));
      expect(both, 'one unit in both lists').toBeDefined();
      const key = async (who) => String((await who.rows()).findIndex(({ unit }) => unit === both) + 1);
      await page2.waitForTimeout(600);
      await desk.press(await key(desk));
      await expect(desk.order(both)).toBeVisible();
      const late = await key(desk2);
      expect(late, 'it still stands in the other list').not.toBe('0');
      await page2.keyboard.press(late);
      await expect(desk2.dialog).toHaveAttribute('data-dialog', 'taken');
      await expect(desk2.dialog).toContainText(words.taken);
      await expect(desk2.dialog).toContainText('dispatcher');
      await expect(desk2.dialog).toContainText(id);
      await page2.keyboard.press('Escape');
      await expect(desk2.dialog).toHaveCount(0);
      await expect(desk2.order(both)).toHaveCount(0);

    });

    await test.step('one key takes back the last thing: an order is recalled, a new incident withdrawn', async () => {
      await desk2.press('u');
      await expect(desk2.head).toHaveAttribute('data-phase', 'cancelled');
      await expect(desk.undo).toBeVisible();
      await desk.press('u');
      await expect(desk.order(both)).toHaveAttribute('data-state', /recalled|declined/);
      await expect(desk.undo).toHaveCount(0);
    });

    await test.step('initials find the bridge, Enter flies there, and N begins a report at the pin', async () => {
      await desk.press('/');
      await desk.bar.fill('oujdq');
      const found = page.getByTestId('search-list').getByRole('option');
      await expect(found.first()).toContainText(lang === 'zh' ? '瓯江大桥 往北' : 'Oujiang Bridge northbound');
      expect(await found.count()).toBeGreaterThan(2);
      await page.keyboard.press('ArrowDown');
      await expect(found.nth(1)).toHaveAttribute('aria-selected', 'true');
      await desk.press('Enter');
      await expect(desk.bar).toHaveCount(0);
      await desk.press('n');
      await expect(desk.draftText).toHaveValue('瓯江大桥 往南');
      await desk.press('Escape');
      await desk.press('Escape');
      await expect(desk.draft).toHaveCount(0);
    });

    await test.step('full-width letters open the command bar, and an input method’s Enter does nothing', async () => {
      await page.evaluate(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: '／', bubbles: true })));
      await expect(desk.bar).toBeFocused();
      await desk.bar.fill('m 两车追尾');
      await expect(desk.says).toContainText('两车追尾');
      await desk.bar.evaluate((field) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true, bubbles: true })));
      await expect(desk.bar).toBeVisible();
      await page.keyboard.press('Enter');
      await expect(desk.timeline.locator('[data-kind="incident.noted"]')).toContainText('两车追尾');
    });

    await test.step('it goes on to its end: there, clear, reported back, closed by another', async () => {
      const row = desk.order(first);
      // Units of the demo accept, drive and arrive by themselves: whoever is quicker, they get there.
      const step = async (name, until) => {
        const button = row.locator(`[data-step="${name}"]`);
        await expect(async () => {
          if (until.test((await row.getAttribute('data-state')) ?? '')) return;
          await button.click({ timeout: 15_000 });
          await expect(row).toHaveAttribute('data-state', until, { timeout: 5_000 });
        }).toPass({ timeout: 60_000 });
      };
      await step('accept', /accepted|en_route|arrived|cleared/);
      await step('arrive', /arrived|cleared/);
      await step('clear', /cleared/);
      await desk.incident.locator('[data-form="feedback"]').click();
      await page.getByTestId('form-feedback').getByRole('textbox').fill(lang === 'zh' ? '双方和解' : 'both made up');
      await page.keyboard.press('Enter');
      await expect(desk.head).toHaveAttribute('data-phase', 'awaiting_review');
      await desk2.queue.locator(`[data-incident="${id}"]`).click();
      await expect(desk2.incident).toHaveAttribute('data-id', id);
      await desk2.incident.locator('[data-form="close"]').click();
      await page2.getByTestId('form-close').locator('button[type=submit]').click();
      await expect(desk2.head).toHaveAttribute('data-phase', 'closed');
      await expect(desk.head).toHaveAttribute('data-phase', 'closed');
      await expect(desk.head).toContainText(words.closed);
    });

    await context.close();

    expect(trouble).toEqual({ elsewhere: [], broken: [], thrown: [] });
    expect(trouble2).toEqual({ elsewhere: [], broken: [], thrown: [] });
  });
}
