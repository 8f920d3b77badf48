// The screen as a person meets it. Every name the journey relies on in the viewer stands here and nowhere else.
import { PNG } from 'pngjs';

export const WORDS = {
  zh: { name: '一张图', city: '温州市', live: '实时', html: 'zh-CN' },
  en: { name: 'One Map', city: 'Wenzhou City', live: 'Live', html: 'en' },
};

/** A lively corner of the demo city, near enough for houses, enterprises and cameras. */
export const VIEW = '#map=15/28.01500/120.65550';

export class Screen {
  constructor(page) {
    this.page = page;
    this.user = page.getByTestId('login-user').or(page.locator('input[name=user]'));
    this.password = page.getByTestId('login-password').or(page.locator('input[name=password]'));
    this.submit = page.getByTestId('login-submit').or(page.locator('form button[type=submit]'));
    this.around = page.getByTestId('surroundings').or(page.getByTestId('around'));
    this.language = page.getByTestId('lang').or(page.getByTestId('language'));
    this.link = page.getByTestId('link-state').or(page.getByTestId('link'));
    this.clock = page.getByTestId('clock').or(page.locator('time.clock'));
    this.canvas = page.locator('canvas.maplibregl-canvas');
  }

  layer(id) {
    return this.page.getByTestId(`layer-${id}`).or(this.page.locator(`input[type=checkbox][data-layer="${id}"]`));
  }

  found(kind) {
    return this.page.getByTestId(`surroundings-${kind}`).or(this.around.locator(`[data-found="${kind}"]`));
  }

  async open(url) {
    await this.page.goto(url);
  }

  async login(user, password) {
    await this.user.fill(user);
    await this.password.fill(password);
    await this.submit.click();
    await this.user.waitFor({ state: 'detached' });
  }

  /** The server's style is on the map and nothing is left to load or to draw. */
  async settle() {
    await this.page.waitForFunction(() => window.__onemap?.ready === true, null, { timeout: 30_000 });
    await this.page.evaluate(() => Promise.race([window.__onemap.idle(), new Promise((go) => setTimeout(go, 20_000))]));
  }

  units() {
    return this.page.evaluate(() => window.__onemap.units());
  }

  layers() {
    return this.page.evaluate(() => window.__onemap.layers());
  }

  async picture() {
    return PNG.sync.read(await this.page.screenshot());
  }

  /** The middle of the map's canvas, where no panel lies. */
  async ground() {
    const box = await this.canvas.boundingBox();
    const clip = { x: box.x + box.width * 0.3, y: box.y + box.height * 0.2, width: box.width * 0.4, height: box.height * 0.6 };
    return PNG.sync.read(await this.page.screenshot({ clip }));
  }

  /** Clicks on the map until it is ground and not a unit that was hit. */
  async clickGround() {
    const box = await this.canvas.boundingBox();
    for (const [x, y] of [[0.5, 0.5], [0.45, 0.6], [0.55, 0.4], [0.4, 0.45], [0.6, 0.55]]) {
      await this.page.mouse.click(box.x + box.width * x, box.y + box.height * y);
      const seen = await this.around.waitFor({ timeout: 5_000 }).then(() => true, () => false);
      if (seen) return;
      await this.page.keyboard.press('Escape');
    }
    throw new Error('five clicks on the map, and no panel of surroundings');
  }
}

/** The share of the commonest colour and how many colours there are: a blank map has one. */
export function colours({ data }) {
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return { number: counts.size, commonest: Math.max(...counts.values()) / (data.length / 4) };
}

/** The share of pixels that differ by more than a shade. */
export function difference(one, two) {
  let differ = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    const by = (k) => Math.abs(one.data[at + k] - two.data[at + k]);
    if (by(0) + by(1) + by(2) > 24) differ += 1;
  }
  return differ / (one.data.length / 4);
}
