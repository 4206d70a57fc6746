// Walks through the console as a dispatcher would, against a running service, and fails loudly.
//   BASE_URL, LOGIN, PASSWORD   where, and as whom
//   PLATE                       a vehicle that moves while this runs
//   PLAYBACK_PLATE, DAY         a vehicle and the day of its that is played back (default: PLATE; the newest day)
//   SHOTS_DIR                   where the pictures go
import { openPage, picture, runAxe, signIn, startBrowser, until, waitForMap } from './lib.mjs';

const { BASE_URL = 'http://127.0.0.1:8080', LOGIN = 'dispatcher', PASSWORD = 'Motorpool-demo-1', PLATE, DAY, SHOTS_DIR } = process.env;
const PLAYBACK_PLATE = process.env.PLAYBACK_PLATE ?? PLATE;
const base = BASE_URL.replace(/\/$/, '');
const faults = [];
const say = (text) => console.log(`walk: ${text}`);

if (!PLATE) {
  console.error('walk: PLATE must name a vehicle that moves');
  process.exit(2);
}

const browser = await startBrowser();
const { page, faults: seen, checkViolations, expect } = await openPage(browser, { baseUrl: base });
// The session is asked for before anybody is signed in, and one sign-in is refused on purpose.
expect(/401 .*\/api\/v1\/session/);

async function screen(name) {
  await page.waitForTimeout(500);
  await picture(page, SHOTS_DIR, name);
  faults.push(...(await runAxe(page, name)));
  await checkViolations();
  say(`${name}: looked at`);
}

/** The vehicle's number and id, by the same search that people use. */
async function find(plate) {
  const found = await page.evaluate(async (q) => {
    const answer = await fetch(`/api/v1/vehicles?q=${encodeURIComponent(q)}&limit=5`);
    return answer.ok ? (await answer.json()).items : [];
  }, plate);
  const vehicle = found.find((one) => one.plate === plate) ?? found[0];
  if (!vehicle) throw new Error(`there is no vehicle ${plate} for ${LOGIN}`);
  return vehicle;
}

async function search(plate) {
  await page.keyboard.press('/');
  await page.locator('.fleet .search-input').fill(plate);
  await until(page, `the list shows ${plate} alone at its top`, (wanted) => document.querySelector('.fleet-row .row-plate')?.textContent?.replace('·', '').startsWith(wanted), plate, 20_000);
  await page.locator('.fleet .search-input').press('Enter');
  await page.locator('.card h2').waitFor({ timeout: 20_000 });
  const shown = (await page.locator('.card h2').textContent()).replace('·', '');
  if (shown !== plate) throw new Error(`the card shows ${shown}, not ${plate}`);
}

async function walk() {
  await page.goto(`${base}/login`);
  await page.locator('input[name="username"]').waitFor({ timeout: 30_000 });
  await screen('01-login');
  await page.locator('input[name="username"]').fill(LOGIN);
  await page.locator('input[name="password"]').fill('not the password');
  await page.locator('input[name="password"]').press('Enter');
  await page.locator('.login-error .notice').waitFor({ timeout: 20_000 });
  await screen('02-refused');

  await signIn(page, base, LOGIN, PASSWORD);
  await waitForMap(page);
  const mapId = await page.evaluate(() => window.__motorpool.mapId);
  await screen('03-map');

  const vehicle = await find(PLATE);
  const start = await until(page, `${PLATE} is on the map`, (no) => window.__motorpool.vehicle(no), vehicle.no);
  await until(
    page,
    `${PLATE} moves on the map`,
    ({ no, lon, lat }) => {
      const now = window.__motorpool.vehicle(no);
      return now !== null && Math.hypot((now.lon - lon) * 96_000, (now.lat - lat) * 111_000) > 5;
    },
    { no: vehicle.no, ...start },
    120_000,
  );
  say(`${PLATE} moves`);

  await search(PLATE);
  await screen('04-card');
  await page.locator('.card-head h2').click();
  await page.keyboard.press('f');
  await until(page, 'the camera follows the car', (no) => {
    const car = window.__motorpool.vehicle(no);
    const { lon, lat, zoom } = window.__motorpool.camera();
    return zoom > 14 && Math.hypot(car.lon - lon, car.lat - lat) < 0.02;
  }, vehicle.no, 30_000);
  await screen('05-follow');
  await page.keyboard.press('Escape');

  if (PLAYBACK_PLATE !== PLATE) await search(PLAYBACK_PLATE);
  const played = await find(PLAYBACK_PLATE);
  await page.locator('.card-head h2').click();
  await page.keyboard.press('p');
  await page.locator('.playback').waitFor({ timeout: 20_000 });
  if (DAY) await page.goto(`${base}/?v=${played.id}&panel=playback&day=${DAY}`);
  const mapNow = await until(page, 'the map is there', () => window.__motorpool?.mapId);
  const before = await until(page, `${PLAYBACK_PLATE} has a track on ${DAY ?? 'its newest day'}`, () => window.__motorpool?.playback(), null, 60_000);
  if (DAY && before.day !== DAY) throw new Error(`the day played is ${before.day}, not ${DAY}`);
  if (before.fixes < 2) throw new Error(`the track has ${before.fixes} fixes`);
  await page.keyboard.press(' ');
  await until(page, 'the playback runs', (at) => window.__motorpool.playback().playing && window.__motorpool.playback().at > at + 2000, before.at, 30_000);
  await page.locator('.rate').last().click();
  await until(page, 'the playback runs at ×64 and the car is elsewhere', (was) => {
    const now = window.__motorpool.playback();
    return now.rate === 64 && (now.lon !== was.lon || now.lat !== was.lat) && now.at > was.at + 20_000;
  }, before, 60_000);
  await page.keyboard.press(' ');
  await until(page, 'the playback stands', () => !window.__motorpool.playback().playing, null, 10_000);
  const stood = await page.evaluate(() => window.__motorpool.playback().at);
  await page.keyboard.press('ArrowLeft');
  const back = await page.evaluate(() => window.__motorpool.playback().at);
  if (Math.abs(stood - back - 10_000) > 50 && back !== before.from) throw new Error(`the left arrow went back ${(stood - back) / 1000} s, not 10 s`);
  await screen('06-playback');
  await page.locator('.day-picker .button').nth(1).click();
  await page.locator('.month').waitFor();
  await screen('07-days');
  await page.keyboard.press('Escape');

  await page.keyboard.press('Escape');
  await page.locator('.playback').waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.locator('.key-groups').waitFor();
  await screen('08-keys');
  await page.keyboard.press('Escape');
  await page.locator('.key-groups').waitFor({ state: 'detached' });

  const last = await page.evaluate(() => window.__motorpool.mapId);
  if ((DAY ? mapNow : mapId) !== last) throw new Error('the map was made anew on the way');
  await otherLooks();
}

/** The same screens in English and in the dark, for axe. */
async function otherLooks() {
  await page.locator('.bar-end .button', { hasText: 'EN' }).click();
  await page.locator('.bar-end button.button').nth(2).click();
  await until(page, 'the page is English and dark', () => document.documentElement.lang === 'en' && document.documentElement.dataset.theme === 'dark');
  await screen('09-card-en-dark');
  await page.keyboard.press('p');
  await until(page, 'the playback is there again', () => window.__motorpool.playback(), null, 60_000);
  await screen('10-playback-en-dark');
  await page.keyboard.press('Escape');
}

try {
  await walk();
} catch (error) {
  faults.push(String(error.message ?? error));
  await picture(page, SHOTS_DIR, 'failed').catch(() => {});
}
await checkViolations().catch(() => {});
await browser.close();
faults.push(...seen);
for (const fault of faults) console.error(`walk: FAILED: ${fault}`);
if (faults.length === 0) say('done: no axe violation, no console error, no CSP violation, no request off origin');
process.exit(faults.length === 0 ? 0 : 1);
