// The console as each role sees it, in a real browser: which places the bar offers, what stands there, what an address typed by
// hand comes to, and that nothing of the unit beside is to be seen anywhere.
//   BASE_URL    where
//   PASSWORD    of everybody
//   PEOPLE      JSON: [{ login, role, places: [path, …] }]
//   OWN, OTHER  JSON: { plate, car, unit, login } of the people's own unit and of the unit beside
//   SHOTS_DIR   where the pictures go
import { openPage, picture, runAxe, startBrowser, until, waitForMap } from './lib.mjs';

const { BASE_URL = 'http://127.0.0.1:8080', PASSWORD, SHOTS_DIR } = process.env;
const base = BASE_URL.replace(/\/$/, '');
const [PEOPLE, OWN, OTHER] = [process.env.PEOPLE, process.env.OWN, process.env.OTHER].map((text) => JSON.parse(text ?? 'null'));
const ALL = ['/', '/admin/terminals', '/rules', '/admin/units', '/admin/firmware', '/admin/accounts', '/admin/audit', '/admin/data-handling', '/flows', '/drivers', '/settlements', '/allowances', '/public', '/plans', '/suppliers', '/maintenance', '/cards', '/vehicle-costs', '/establishment', '/purchases', '/disposals', '/renewal', '/life', '/accidents', '/admin/peers', '/seals', '/defects', '/findings', '/cases', '/admin/sensitive-places', '/figures', '/wall', '/right-size', '/report', '/admin/devices', '/messages', '/security'];
/** A plate as people see it. */
const shown = (plate) => `${plate.slice(0, 2)}·${plate.slice(2)}`;
/** Who only asks for cars has the map for choosing places, and nobody's cars on it. */
const seesCars = (role) => role !== 'applicant';
/** Open to everybody, though the bar does not lead a driver there. */
const FREE = ['/public', '/admin/units', '/messages', '/security'];
/** What a role that only looks on must not find: ways to begin something. */
const BEGINNINGS = '.page-actions .button-primary, .drawer .button-danger';
const faults = [];
/** Screens that axe has been asked about. */
const asked = new Set();
const say = (text) => console.log(`roles: ${text}`);

if (!PASSWORD || !PEOPLE || !OWN || !OTHER) {
  console.error('roles: PASSWORD, PEOPLE, OWN and OTHER must be set');
  process.exit(2);
}

const browser = await startBrowser();

/** In the page: to another place without loading anew; what stands there now is marked, to be told from what comes. */
function leadTo(path) {
  for (const main of document.querySelectorAll('main')) main.setAttribute('data-before', '');
  history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}

async function asOne({ login, role, places }) {
  const { page, context, faults: seen, checkViolations, expect } = await openPage(browser, { baseUrl: base });
  expect(/401 .*\/api\/v1\/session/);
  // Asked for by hand on purpose.
  expect(/40[34] .*\/api\/v1\//);
  const wrong = (text) => faults.push(`${role}: ${text}`);
  await page.goto(`${base}/login`);
  await page.locator('input[name="username"]').fill(login);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('input[name="password"]').press('Enter');
  // Who only drives is led to the terminal made for that, which has no bar; the console's own pages are there by address.
  const begins = role === 'driver' ? '/driver/' : places[0];
  await page.waitForURL((url) => url.pathname === begins, { timeout: 60_000 });
  if (role === 'driver') await page.goto(`${base}/messages`);
  await page.locator('.bar').waitFor({ timeout: 60_000 });

  const links = await page.locator('.bar-nav a').evaluateAll((all) => all.map((link) => new URL(link.href).pathname));
  if (JSON.stringify(links) !== JSON.stringify(places)) wrong(`the bar offers ${links}, not ${places}`);

  for (const path of ALL) {
    const mayBe = places.includes(path) || FREE.includes(path) || (path === '/admin/devices' && places.includes('/admin/firmware')) || (path === '/life' && places.includes('/') && seesCars(role)) || (path === '/wall' && places.includes('/figures')) || (path === '/admin/data-handling' && places.includes('/admin/audit'));
    // A screen is the same screen for the next role: its address is typed once, and followed without loading afterwards.
    const screen = `${path} ${mayBe}`;
    const isNew = !asked.has(screen);
    asked.add(screen);
    if (isNew || path === '/') await page.goto(`${base}${path}`);
    else await page.evaluate(leadTo, path);
    if (path === '/' && role === 'driver') {
      await page.waitForURL((url) => url.pathname === begins, { timeout: 60_000 });
      await page.goto(`${base}/messages`);
      await page.locator('.bar').waitFor({ timeout: 60_000 });
      continue;
    }
    await page.locator('.bar').waitFor({ timeout: 60_000 });
    if (path === '/' && !mayBe) {
      await page.waitForURL((url) => url.pathname === begins, { timeout: 60_000 });
      continue;
    }
    if (path === '/' && seesCars(role)) await waitForMap(page);
    else if (path === '/') await until(page, 'the map stands', () => window.__motorpool?.camera().idle, null);
    else if (mayBe) await page.locator('main:not([data-before]) h1').first().waitFor({ timeout: 60_000 });
    else await page.locator('main h1', { hasText: '没有查看这一页的权限' }).first().waitFor({ timeout: 60_000 });
    await until(page, 'everything has come', () => !document.querySelector('.skeletons'), null, 60_000);
    await page.waitForTimeout(isNew ? 300 : 100);
    const text = await page.locator('body').innerText();
    for (const secret of [OTHER.plate, shown(OTHER.plate), OTHER.login, OTHER.unit]) if (text.includes(secret)) wrong(`${path} tells ${secret}`);
    if (mayBe && path !== '/' && text.includes('没有查看这一页的权限')) wrong(`${path} is refused`);
    if (role === 'inspector' && (await page.locator(BEGINNINGS).count()) > 0) wrong(`${path} offers to begin something`);
    const name = `roles-${role}${path.replaceAll('/', '-')}`;
    if (isNew || mayBe) await picture(page, SHOTS_DIR, name);
    if (isNew) faults.push(...(await runAxe(page, name)));
    await checkViolations();
  }

  // What follows loads pages anew, and so begins with a new one.
  const next = await context.newPage();
  next.setDefaultNavigationTimeout(90_000);
  await page.close();
  if (places.includes('/') && seesCars(role)) await onTheMap(next, wrong);
  // Who defines local roles alone has that page without the accounts.
  if (role === 'security_admin') await amongAccounts(next, wrong);
  faults.push(...seen.map((fault) => `${role}: ${fault}`));
  await context.close();
  say(`${role}: ${links.length} places, looked at`);
}

/** One's own car is on the map, the other is not, not by a search nor by its address. */
async function onTheMap(page, wrong) {
  await page.goto(`${base}/`);
  await waitForMap(page);
  const vehicles = await page.evaluate(() => window.__motorpool.live().vehicles);
  if (vehicles !== 1) wrong(`the map has ${vehicles} cars, not 1`);
  const search = page.locator('.fleet .search-input');
  await search.fill(OWN.plate);
  await page.locator('.fleet-row', { hasText: shown(OWN.plate) }).waitFor({ timeout: 60_000 });
  await search.fill(OTHER.plate);
  await until(page, 'the list is empty', () => document.querySelectorAll('.fleet-row').length === 0, null, 60_000);
  await page.goto(`${base}/?v=${OTHER.car}`);
  await page.locator('.panel.card .empty-title').waitFor({ timeout: 60_000 });
  await page.goto(`${base}/?v=${OWN.car}`);
  await page.locator('.panel.card', { hasText: shown(OWN.plate) }).waitFor({ timeout: 60_000 });
}

/** Accounts of one's own units, with what may be done about each. */
async function amongAccounts(page, wrong) {
  await page.goto(`${base}/admin/accounts`);
  await page.locator('.account-rows tbody tr', { hasText: OWN.login }).first().waitFor({ timeout: 60_000 });
  await page.locator('.account-rows tbody tr', { hasText: OWN.login }).first().click();
  await page.locator('.drawer').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(400);
  await picture(page, SHOTS_DIR, 'roles-account-drawer');
  faults.push(...(await runAxe(page, 'roles-account-drawer')));
  if ((await page.locator('.drawer').innerText()).includes(OTHER.login)) wrong('another account in the drawer');
}

try {
  for (const person of PEOPLE) await asOne(person);
} catch (error) {
  faults.push(String(error));
}
await browser.close();
for (const fault of faults) say(fault);
say(faults.length === 0 ? 'done' : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
