// The page of a unit in the field as its crew meets it. Every name its journey relies on stands here and nowhere else.

/** A phone in the hand, upright. */
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

export class Unit {
  constructor(page) {
    this.page = page;
    this.user = page.locator('input[name=user]');
    this.password = page.locator('input[name=password]');
    this.submit = page.locator('form button[type=submit]');
    this.order = page.getByTestId('order');
    this.none = page.getByTestId('no-order');
    this.step = page.getByTestId('step');
    this.answered = page.getByTestId('answered');
    this.waiting = page.getByTestId('waiting');
    this.refused = page.getByTestId('refused');
    this.link = page.getByTestId('link');
    this.sharing = page.getByTestId('sharing');
    this.share = page.getByTestId('share');
    this.help = page.getByTestId('help');
    this.helpSays = page.getByTestId('help-says');
    this.sheet = page.getByTestId('sheet');
    this.menu = page.getByTestId('menu');
    this.duty = page.getByTestId('duty');
  }

  async enter(url, lang, password) {
    await this.page.goto(`${url}/unit?lang=${lang}`);
    await this.user.fill('unit');
    await this.password.fill(password);
    await this.submit.click();
    await this.user.waitFor({ state: 'detached' });
    await this.page.locator('[data-link="open"]').waitFor();
  }

  /** Holds a button, with the finger, for so long. */
  async hold(button, ms) {
    const box = await button.boundingBox();
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.page.mouse.down();
    await this.page.waitForTimeout(ms);
    await this.page.mouse.up();
  }

  /** What the next step is. */
  next() {
    return this.step.locator('[data-step]').getAttribute('data-step');
  }
}

/** Somebody who talks to the server without a page: the desk of this journey. */
export async function deskOf(playwright, url, user, password) {
  const http = await playwright.request.newContext({ baseURL: url });
  const login = await http.post('/api/v1/session', { data: { user, password } });
  if (!login.ok()) throw new Error(`no login of ${user}: ${login.status()}`);
  let count = 0;
  const id = () => `desk-${Date.now()}-${(count += 1)}`;
  const read = async (answer) => {
    const body = await answer.json();
    if (!answer.ok()) throw Object.assign(new Error(`${answer.status()} ${JSON.stringify(body)}`), { body });
    return body;
  };
  const desk = {
    get: async (path) => read(await http.get(path)),
    report: async (ask) => read(await http.post('/api/v1/incidents', { data: { source: 'call_110', ...ask } })),
    command: async (incident, ask) =>
      read(await http.post(`/api/v1/incidents/${incident}/commands`, { data: { command_id: id(), ...ask } })),
    progress: async (assignment, ask) =>
      read(await http.post(`/api/v1/assignments/${assignment}/commands`, { data: { command_id: id(), ...ask } })),
    /** Sends a unit, also when the server asks twice. */
    async assign(incident, unit) {
      const ask = { type: 'assign', unit };
      const answer = await desk.command(incident, ask).catch((error) => {
        const token = error.body?.confirm_token;
        if (token === undefined) throw error;
        return desk.command(incident, { ...ask, confirm_token: token });
      });
      return answer.assignments.filter((one) => one.unit === unit).at(-1);
    },
    duty: async (unit, duty) => read(await http.put(`/api/v1/units/${unit}`, { data: { duty } })),
    close: () => http.dispose(),
  };
  return desk;
}
