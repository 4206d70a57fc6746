// The terminal's service worker: keeps its few files, so that it opens without the network; asks the service for everything else.
// What is tapped is not its business: that waits in the page's outbox, which sends it in order and under its keys.
const EDITION = '__EDITION__';
/** Every file that the page needs, as the build has them. */
const FILES = ['__FILES__'];
const PAGE = '/driver/';
const CACHE = `motorpool-driver-${EDITION}`;

self.addEventListener('install', (event) => {
  const fresh = (address) => new Request(address, { cache: 'reload' });
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([PAGE, ...FILES].map(fresh)))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name.startsWith('motorpool-driver-') && name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  const name = request.mode === 'navigate' ? PAGE : FILES.includes(pathname) ? pathname : null;
  if (name === null) return;
  event.respondWith(caches.match(name, { cacheName: CACHE }).then((kept) => kept ?? fetch(request)));
});

// Background Sync: the line is back, and an open page may send what waits.
self.addEventListener('sync', (event) => {
  const wake = (pages) => pages.forEach((page) => page.postMessage('wake'));
  event.waitUntil(self.clients.matchAll({ type: 'window' }).then(wake));
});
