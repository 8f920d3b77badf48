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

  /** Clicks on the map, between the panels, until it is ground and not a unit that was hit. */
  async clickMap() {
    const box = await this.canvas.boundingBox();
    for (const [x, y] of [[0.48, 0.5], [0.5, 0.6], [0.45, 0.4], [0.55, 0.45]]) {
      await this.page.mouse.click(box.x + box.width * x, box.y + box.height * y);
      const seen = await this.draft.waitFor({ timeout: 3_000 }).then(() => true, () => false);
      if (seen) return;
      await this.page.keyboard.press('Escape');
    }
    throw new Error('four clicks on the map, and no draft');
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

  drawn() {
    return this.page.evaluate(() => window.__onemap.operations());
  }
}
