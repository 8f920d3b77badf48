/** Everything asked of another machine is refused and told of; so is what broke on the way. */
export async function alone(page, url) {
  const own = new URL(url).host;
  const trouble = { elsewhere: [], broken: [], thrown: [] };
  await page.context().route('**/*', (route) => {
    const asked = new URL(route.request().url());
    if (asked.host === own) return route.continue();
    trouble.elsewhere.push(asked.href);
    return route.abort();
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== own) trouble.elsewhere.push(socket.url());
  });
  page.on('response', (answer) => {
    if (answer.status() >= 500) trouble.broken.push(`${answer.status()} ${answer.url()}`);
  });
  page.on('pageerror', (error) => trouble.thrown.push(String(error)));
  return trouble;
}
