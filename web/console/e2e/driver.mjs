// A driver's shift on a telephone, in a real browser against a running service, with the network really cut: signs in, looks the
// car over, drives off, waits, brings it back and calls for help; what was done without the network arrives once each, in order.
//   BASE_URL, LOGIN, PASSWORD   where, and a driver with one order that is issued
//   ORDER                       the key of that order
//   SHOTS_DIR                   where the pictures go
import { FLAGS, picture, runAxe, until } from './lib.mjs';
import { chromium } from 'playwright-core';

const { BASE_URL = 'http://127.0.0.1:8080', LOGIN, PASSWORD, ORDER, SHOTS_DIR } = process.env;
const base = BASE_URL.replace(/\/$/, '');
const faults = [];
const say = (text) => console.log(`driver: ${text}`);
/** Where the walk begins: the west lake. */
const HERE = { longitude: 120.13, latitude: 30.25, accuracy: 5 };

if (!LOGIN || !PASSWORD || !ORDER) {
  console.error('driver: LOGIN, PASSWORD and ORDER must be set');
  process.exit(2);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, headless: true });
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2, locale: 'zh-CN', geolocation: HERE, permissions: ['geolocation'] });
const page = await context.newPage();
let isCut = false;
page.on('pageerror', (error) => faults.push(`page error: ${error.stack ?? error}`));
page.on('console', (message) => {
  // A line that is cut is told by the browser itself; being asked to sign in is an answer.
  if (message.type() === 'error' && !isCut && !/401|ERR_INTERNET_DISCONNECTED/.test(message.text())) faults.push(`console error: ${message.text()} ${message.location().url}`);
});
page.on('request', (request) => {
  const url = new URL(request.url());
  if (['http:', 'https:'].includes(url.protocol) && url.host !== new URL(base).host) faults.push(`request off origin: ${request.url()}`);
});
await page.addInitScript(() => {
  window.__violations = [];
  document.addEventListener('securitypolicyviolation', (event) => window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
});

const button = (name) => page.locator(`[data-do="${name}"]`);
const waits = () => page.locator('.strip').first().getAttribute('data-waiting').then(Number);
async function cut(offline) {
  isCut = offline;
  await context.setOffline(offline);
}

/** Whatever can be tapped is large enough for a thumb, and axe has nothing to say. */
async function screen(name) {
  await page.waitForTimeout(250);
  await picture(page, SHOTS_DIR, `driver-${name}`);
  faults.push(...(await runAxe(page, name)));
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, a, .box')]
      .filter((one) => !one.classList.contains('visually-hidden') && one.getClientRects().length > 0)
      .map((one) => [one.textContent?.trim() || one.getAttribute('aria-label'), one.getBoundingClientRect()])
      .filter(([, box]) => box.height < 95.5 || box.width < 95.5)
      .map(([text, box]) => `${text} ${Math.round(box.width)}x${Math.round(box.height)}`),
  );
  faults.push(...small.map((one) => `${name}: too small for a thumb: ${one}`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) faults.push(`${name}: wider than the telephone by ${wide}`);
  for (const violation of await page.evaluate(() => window.__violations.splice(0))) faults.push(`${name}: CSP violation: ${violation}`);
  say(`${name}: looked at`);
}

/** Asks the service, as the page is signed in. */
const ask = (path) => page.evaluate((at) => fetch(`/api/v1${at}`).then((answer) => answer.json()), path);
const stands = async (state) => {
  const order = await ask(`/dispatch-orders/${ORDER}`);
  if (order.state !== state) throw new Error(`the order is ${order.state}, not ${state}`);
  return order;
};
const sent = () => until(page, 'everything is sent', () => document.querySelector('.strip')?.dataset.waiting === '0', null, 40_000);

async function drive(kmh) {
  // Places ten metres apart or so; the speed is what the telephone says.
  const session = await context.newCDPSession(page);
  HERE.longitude += 0.0002;
  await session.send('Emulation.setGeolocationOverride', { ...HERE, speed: kmh / 3.6 });
  await session.detach();
}

async function walk() {
  await page.goto(`${base}/driver`);
  await page.locator('input[name="username"]').waitFor({ timeout: 30_000 });
  if (new URL(page.url()).pathname !== '/driver/') throw new Error(`the terminal is at ${page.url()}`);
  await screen('01-sign-in');
  await page.locator('input[name="username"]').fill(LOGIN);
  await page.locator('input[name="password"]').fill('wrong');
  await button('sign-in').click();
  await page.locator('form .bad').waitFor({ timeout: 20_000 });
  await page.locator('input[name="password"]').fill(PASSWORD);
  await button('sign-in').click();
  await button('accept').waitFor({ timeout: 20_000 });
  await until(page, 'the worker has the page', () => navigator.serviceWorker.ready.then((worker) => Boolean(worker.active)), null, 30_000);
  await screen('02-today');

  await button('decline').click();
  await page.locator('[data-choice="unwell"]').waitFor();
  await screen('03-decline');
  await button('accept').click();
  await button('check').waitFor({ timeout: 20_000 });
  await sent();
  await stands('accepted');
  say('taken with one tap');

  await page.locator(`[data-order="${ORDER}"]`).click();
  await page.locator('.facts').waitFor();
  await screen('04-task');
  await button('check').click();
  for (const item of ['brakes', 'tyres', 'lights', 'fluids']) await button(`${item}-well`).click();
  await button('papers-bad').click();
  await page.locator('input[name="papers-note"]').fill('灭火器过期');
  await screen('05-check');
  await button('keep-check').click();
  await button('depart').waitFor({ timeout: 20_000 });
  await sent();
  await screen('06-depart');

  // The network goes, and with it the page: the terminal is there again at once, from what the telephone keeps.
  await cut(true);
  const begun = Date.now();
  await page.reload();
  await button('depart').waitFor({ timeout: 10_000 });
  say(`without the network the page was back in ${Date.now() - begun} ms`);
  await page.locator('input[name="odometer"]').fill('45120');
  await button('depart').click();
  await button('arrive').waitFor({ timeout: 10_000 });
  if ((await waits()) < 1) throw new Error('the departure does not wait');
  await screen('07-underway-offline');

  await drive(42);
  await page.locator('.driving[data-locked]').waitFor({ timeout: 10_000 });
  const left = await page.locator('.driving button').evaluateAll((all) => all.map((one) => one.dataset.do));
  if (left.join() !== 'arrive,sos') throw new Error(`on the way one can touch ${left}`);
  await screen('08-locked');
  await drive(0);
  await button('wait').waitFor({ timeout: 15_000 });
  await button('arrive').click();
  await until(page, 'the arrival is written down', () => Number(document.querySelector('.strip').dataset.waiting) >= 2, null, 10_000);
  await button('wait').click();
  await button('resume').waitFor({ timeout: 10_000 });
  await screen('09-waiting');
  await button('resume').click();
  await button('wait').waitFor({ timeout: 10_000 });

  await button('cost').click();
  await page.locator('[data-choice="toll"]').click();
  await page.locator('input[name="amount"]').fill('25');
  await page.locator('input[name="photo"]').setInputFiles({ name: 'receipt.png', mimeType: 'image/png', buffer: await page.screenshot() });
  await page.locator('.preview').waitFor({ timeout: 10_000 });
  await screen('10-cost');
  await button('keep-cost').click();
  await page.locator('[data-receipt]').waitFor({ timeout: 10_000 });
  await screen('11-receipt');
  await button('another').click();
  await page.locator('[data-choice="toll"]').click();
  await page.locator('input[name="amount"]').fill('25.00');
  await page.locator('[data-twin]').waitFor({ timeout: 10_000 });
  await page.goBack();
  await button('finish').waitFor({ timeout: 10_000 });

  await button('finish').click();
  await page.locator('input[name="odometer"]').fill('45000');
  await page.locator('#odometer-error').waitFor({ timeout: 10_000 });
  await page.locator('input[name="odometer"]').fill('45158');
  await screen('12-finish');
  await button('return').click();
  await button('reopen').waitFor({ timeout: 10_000 });
  const waiting = await waits();
  if (waiting < 6) throw new Error(`only ${waiting} wait`);
  await page.goto(`${base}/driver/#/queue`);
  await page.locator('.outbox li').first().waitFor({ timeout: 10_000 });
  await screen('13-outbox');
  say(`${waiting} wait without the network; all of it is kept through a reload`);
  await page.reload();
  await page.locator('.outbox li').first().waitFor({ timeout: 10_000 });
  if ((await page.locator('.outbox li').count()) !== waiting) throw new Error('the reload lost something');

  await cut(false);
  await sent();
  const order = await stands('returned');
  const log = order.log.map((step) => step.action).filter((action) => action !== 'issue').join();
  if (log !== 'accept,depart,arrive,wait,resume,return') throw new Error(`the journal says ${log}`);
  if (order.depart_odometer_km !== 45120 || order.return_odometer_km !== 45158) throw new Error('the odometer is not what was typed');
  const when = order.log.map((step) => step.at);
  if (when.join() !== [...when].sort().join()) throw new Error(`the times are not those of the taps: ${when}`);
  say('back on the line: each once, in order, at the time of its tap');

  // The way back of people who stayed longer belongs to the same order.
  await page.goto(`${base}/driver/#/task/${ORDER}`);
  await button('reopen').click();
  await button('sos').waitFor({ timeout: 20_000 });
  await sent();
  await stands('underway');
  await button('sos').click();
  const hold = button('hold-help');
  await hold.waitFor({ timeout: 10_000 });
  await screen('14-sos');
  const box = await hold.boundingBox();
  await page.mouse.move(box.x + 80, box.y + 60);
  await page.mouse.down();
  await page.waitForTimeout(600);
  await page.mouse.up();
  await page.waitForTimeout(1200);
  if (await page.locator('.sos').getAttribute('data-sos') !== 'none') throw new Error('a short press calls for help');
  await cut(true);
  await page.mouse.down();
  await page.locator('.sos[data-sos="sending"]').waitFor({ timeout: 10_000 });
  await page.mouse.up();
  await screen('15-sos-sending');
  await cut(false);
  const back = Date.now();
  await page.locator('.sos[data-sos="told"]').waitFor({ timeout: 10_000 });
  say(`a call for help that was made without the network was told ${Date.now() - back} ms after it was back`);
  await screen('16-sos-told');

  await page.goto(`${base}/driver/#/task/${ORDER}`);
  await button('finish').click();
  await page.locator('input[name="odometer"]').fill('45190');
  await button('return').click();
  await button('reopen').waitFor({ timeout: 20_000 });
  await sent();
  await stands('returned');
  await page.goto(`${base}/driver/#/own`);
  await page.locator('.sums').waitFor({ timeout: 10_000 });
  await screen('17-own');
  await page.goto(`${base}/driver/#/`);
  await page.locator('.idle-word').waitFor({ timeout: 10_000 });
  await screen('18-standby');
  await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
  await screen('19-dark');
  await page.goto(`${base}/driver/#/queue`);
  await button('language').click();
  await until(page, 'it is English', () => document.documentElement.lang === 'en', null, 10_000);
  await page.locator('[data-do="sign-out"]').waitFor({ timeout: 20_000 });
  await screen('20-english');
  await button('sign-out').click();
  await page.locator('input[name="username"]').waitFor({ timeout: 20_000 });
}

try {
  await walk();
} catch (error) {
  faults.push(String(error?.stack ?? error));
  await picture(page, SHOTS_DIR, 'driver-FAILED');
}
await browser.close();
for (const fault of faults) console.error(`driver: ${fault}`);
say(faults.length === 0 ? 'all is well' : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
