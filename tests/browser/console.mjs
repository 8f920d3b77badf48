// The dispatch console as a dispatcher meets it. Every name its journey relies on stands here and nowhere else.
import { Screen } from './screen.mjs';

export class Console extends Screen {
  constructor(page) {
    super(page);
    this.queue = page.getByTestId('queue');
    this.draft = page.getByTestId('draft');
    this.draftText = page.getByTestId('draft-text');
    this.incident = page.getByTestId('incident');
    this.head = page.getByTestId('incident-head');
    this.units = page.getByTestId('ranked-units');
    this.cameras = page.getByTestId('ranked-cameras');
    this.orders = page.getByTestId('orders');
    this.resources = page.getByTestId('resources');
    this.zones = page.getByTestId('zones');
    this.timeline = page.getByTestId('timeline');
    this.dialog = page.getByTestId('dialog');
    this.notice = page.getByTestId('notice');
    this.undo = page.getByTestId('undo');
    this.bar = page.getByTestId('bar');
    this.says = page.getByTestId('bar-says');
    this.sources = page.getByTestId('sources');
  }

  /** Logged in, with the map drawn and the queue there. */
  async enter(url, user, password) {
    await this.open(url);
    await this.login(user, password);
    await this.settle();
    await this.queue.waitFor();
  }

  /** Clicks on the map, between the panels, until it is ground and neither a unit nor an incident that was hit. */
  async clickMap() {
    const box = await this.canvas.boundingBox();
    for (let n = 0; n < 12; n += 1) {
      const [x, y] = [0.34 + 0.06 * (n % 6) + 0.01 * n, 0.3 + 0.05 * ((n * 5) % 12)];
      await this.page.mouse.click(box.x + box.width * x, box.y + box.height * y);
      const seen = await this.draft.waitFor({ timeout: 2_000 }).then(() => true, () => false);
      if (seen) return;
      await this.page.keyboard.press('Escape');
    }
    throw new Error('twelve clicks on the map, and no draft');
  }

  /** Ranked units in the order of their keys: id, and whether the plan proposes them. */
  rows() {
    return this.units.locator('li[data-unit]').evaluateAll((all) =>
      all.map((row) => ({
        unit: row.dataset.unit,
        proposed: row.classList.contains('proposed'),
        sent: row.classList.contains('sent'),
        text: row.textContent.replace(/\s+/g, ' ').trim(),
      })),
    );
  }

  /** The order of a unit: what is open stands above what is over. */
  order(unit) {
    return this.orders.locator(`[data-order="${unit}"]`).first();
  }

  /** What happened, as the timeline tells it: kinds of events. */
  told() {
    return this.timeline.locator('li[data-kind]').evaluateAll((all) => all.map((row) => row.dataset.kind));
  }

  /** Presses a key once what it acts on has been on the screen for long enough. */
  async press(key) {
    await this.page.waitForTimeout(650);
    await this.page.keyboard.press(key);
  }

  /** Presses a key in the very moment in which something appears: sooner than any hand, on however slow a machine. */
  pressAsSoonAs(selector, key) {
    return this.page.evaluate(
      ([selector, key]) => {
        window.saidThen = null;
        const watch = new MutationObserver(() => {
          if (!document.querySelector(selector)) return;
          watch.disconnect();
          window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
          setTimeout(() => {
            window.saidThen = document.querySelector('[data-testid="notice"]')?.textContent ?? '';
          }, 50);
        });
        watch.observe(document.body, { subtree: true, childList: true });
      },
      [selector, key],
    );
  }

  /** What the page said to that. */
  saidThen() {
    return this.page.evaluate(() => window.saidThen ?? '');
  }

  /** Draws a circle about the chosen incident, and opens what lies in it. */
  async drawZone(metres, reason) {
    await this.page.getByTestId('zone-new').click();
    const form = this.page.getByTestId('zone-form');
    await form.locator('input[type=number]').fill(String(metres));
    await form.locator('input:not([type=number])').fill(reason);
    await form.locator('button[type=submit]').click();
    await this.page.getByTestId('zone-people').waitFor();
  }

  drawn() {
    return this.page.evaluate(() => window.__onemap.operations());
  }
}
