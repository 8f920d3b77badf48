// The wall as a room sees it. Every name its journey relies on stands here and nowhere else.
import { Screen } from './screen.mjs';

export class Wall extends Screen {
  constructor(page) {
    super(page);
    this.strip = page.getByTestId('wall-strip');
    this.list = page.getByTestId('wall-incidents');
    this.texts = page.getByTestId('wall-text');
    this.tour = page.getByTestId('wall-tour');
    this.broke = page.getByTestId('wall-break');
    this.scene = page.getByTestId('wall-scene');
    this.frame = page.getByTestId('age-frame');
    this.video = page.getByTestId('wall-video');
    this.cut = false;
    this.sockets = new Set();
  }

  /** The live socket goes through the test, so that it can be cut. To be called before the page is opened. */
  async tap() {
    await this.page.routeWebSocket(/\/api\/v1\/live$/, (socket) => {
      if (this.cut) return void socket.close();
      socket.connectToServer();
      this.sockets.add(socket);
    });
  }

  async cutLink() {
    this.cut = true;
    for (const socket of this.sockets) await socket.close();
    this.sockets.clear();
  }

  mendLink() {
    this.cut = false;
  }

  async enter(url, user, password) {
    await this.open(url);
    await this.login(user, password);
    await this.settle();
    await this.list.waitFor();
  }

  row(id) {
    return this.list.locator(`[data-incident="${id}"]`);
  }

  kpi(name) {
    return this.strip.locator(`[data-kpi="${name}"] strong`);
  }

  /** How many incidents are said to be open, by priority 1 to 3. */
  async openCounts() {
    const all = await Promise.all(['p1', 'p2', 'p3'].map((name) => this.kpi(name).textContent()));
    return all.map(Number);
  }

  drawn() {
    return this.page.evaluate(() => window.__onemap.operations());
  }
}

/** Somebody who works by the interface alone. */
export async function seat(request, url, user, password) {
  const { token } = await (await request.post(`${url}/api/v1/session`, { data: { user, password } })).json();
  const headers = { authorization: `Bearer ${token}` };
  const good = async (answer) => {
    if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  return {
    call: async (data) => good(await request.post(`${url}/api/v1/incidents`, { data: { kind: 'criminal', source: 'call_110', ...data }, headers })),
    command: async (id, data) =>
      good(await request.post(`${url}/api/v1/incidents/${id}/commands`, { data: { command_id: crypto.randomUUID(), ...data }, headers })),
    /** Puts a scene on a wall. */
    show: async (wall, data) => good(await request.put(`${url}/api/v1/walls/${wall}/scene`, { data, headers })),
    takeBack: async (wall) => good(await request.delete(`${url}/api/v1/walls/${wall}/scene`, { headers })),
  };
}
