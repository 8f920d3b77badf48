// Lets the page for units in the field open without a network. It knows that page's own files and nothing else: no answer
// of the server is ever kept. The build puts the version and the list of files in.
const VERSION = '@version';
const FILES = '@files';
const PAGE = '/unit';
const NAME = `onemap-unit-${VERSION}`;
/** A network that has not answered by then is none. */
const PATIENCE_MS = 4000;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((kept) => kept.addAll([PAGE, ...FILES]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('onemap-unit-') && name !== NAME;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (pathname === PAGE) event.respondWith(newest(request));
  } else if (FILES.includes(pathname))
    event.respondWith(kept(pathname).then((found) => found ?? fetch(request)));
});

function kept(path) {
  return caches.open(NAME).then((store) => store.match(path));
}

/** The server's page, so that a new version is seen at once; the kept one when there is no answer. */
async function newest(request) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: patience.signal });
    if (answer.ok) return answer;
    return (await kept(PAGE)) ?? answer;
  } catch (error) {
    const found = await kept(PAGE);
    if (found === undefined) throw error;
    return found;
  } finally {
    clearTimeout(timer);
  }
}
