// Everything between a password and the work, in a real browser against a running service: a temporary password is changed, a
// second factor is set up and asked for, another browser is signed out, an idle page signs out, an identity provider vouches.
//   BASE_URL, LOGIN, PASSWORD   where, and an account with a temporary password that must have a second factor
//   PERSON, STRANGER            who is bound to an account at the identity provider, and who is not
//   SHOTS_DIR                   where the pictures go
import { createHmac } from 'node:crypto';
import { openPage, picture, runAxe, startBrowser, until, waitForMap } from './lib.mjs';

const { BASE_URL = 'http://127.0.0.1:8080', LOGIN = 'admin', PASSWORD, PERSON, STRANGER, SHOTS_DIR } = process.env;
const base = BASE_URL.replace(/\/$/, '');
const NEXT = 'Another-Car-2026';
const faults = [];
const say = (text) => console.log(`sign-in: ${text}`);

if (!PASSWORD || !PERSON || !STRANGER) {
  console.error('sign-in: PASSWORD, PERSON and STRANGER must be set');
  process.exit(2);
}

/** What an authenticator shows, so many steps of 30 seconds from now. */
function shown(secret, steps = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const tag = createHmac('sha1', key).update(counter).digest();
  return String((tag.readUInt32BE(tag[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const browser = await startBrowser();

/** A browser of its own. What is refused on purpose is no fault. */
async function open(name, options = {}) {
  const opened = await openPage(browser, { baseUrl: base, ...options });
  for (const pattern of [/401 .*\/api\/v1\//, /403 .*\/api\/v1\//, /422 .*\/api\/v1\//]) opened.expect(pattern);
  const screen = async (what) => {
    await opened.page.waitForTimeout(400);
    await picture(opened.page, SHOTS_DIR, `sign-in-${what}`);
    faults.push(...(await runAxe(opened.page, what)));
    await opened.checkViolations();
    say(`${what}: looked at`);
  };
  const done = () => faults.push(...opened.faults.map((fault) => `${name}: ${fault}`));
  return { ...opened, screen, done };
}

const type = (page, name, text) => page.locator(`input[name="${name}"]`).fill(text);
const send = (page) => page.locator('form .button-primary').click();
const isAt = (path) => (url) => url.pathname === path;

async function signIn(page, login, password) {
  await page.goto(`${base}/login`);
  await type(page, 'username', login);
  await type(page, 'password', password);
  await send(page);
}

async function walk() {
  const here = await open('here');
  const { page, screen } = here;
  await signIn(page, LOGIN, PASSWORD);
  await page.locator('input[name="new_password"]').waitFor({ timeout: 30_000 });
  await type(page, 'old_password', PASSWORD);
  await type(page, 'new_password', 'P@ssw0rd');
  await type(page, 'repeat_password', 'P@ssw0rd');
  await send(page);
  await page.locator('.field-error').first().waitFor({ timeout: 20_000 });
  await screen('01-forced-change');
  await type(page, 'new_password', NEXT);
  await type(page, 'repeat_password', NEXT);
  await send(page);
  say('the temporary password is changed');

  await page.locator('input[name="password"]').waitFor({ timeout: 20_000 });
  await type(page, 'password', NEXT);
  await send(page);
  const secret = await page.locator('[data-secret]').getAttribute('data-secret', { timeout: 20_000 });
  await screen('02-set-up');
  await type(page, 'code', shown(secret));
  await send(page);
  await page.locator('.recovery-codes li').first().waitFor({ timeout: 20_000 });
  const recovery = await page.locator('.recovery-codes li').allTextContents();
  if (recovery.length !== 10) throw new Error(`there are ${recovery.length} recovery codes`);
  await screen('03-recovery-codes');
  await page.locator('.dialog-foot .button-primary').click();
  await page.waitForURL(isAt('/'), { timeout: 30_000 });
  await waitForMap(page);
  say('a second factor is set up, and the map is there');

  // Another browser: the password alone is not enough, and a wrong code is no code.
  const there = await open('there');
  await signIn(there.page, LOGIN, NEXT);
  await there.page.locator('input[name="code"]').waitFor({ timeout: 20_000 });
  await type(there.page, 'code', '000000');
  await send(there.page);
  await there.page.locator('.notice-bad').waitFor({ timeout: 20_000 });
  await there.screen('04-code');
  await type(there.page, 'code', shown(secret, 1));
  await send(there.page);
  await there.page.waitForURL(isAt('/'), { timeout: 30_000 });
  await waitForMap(there.page);
  say('another browser is signed in with the code');

  await page.locator('.bar-end .button').last().click();
  await page.locator('.menu-item').first().click();
  await page.waitForURL(isAt('/security'), { timeout: 10_000 });
  await page.locator('tr[data-session]').nth(1).waitFor({ timeout: 20_000 });
  await screen('05-security');
  const others = page.locator('tr[data-session]', { hasNot: page.locator('.tag') });
  if ((await others.count()) !== 1) throw new Error(`there are ${await others.count()} other browsers`);
  await others.first().locator('button').click();
  await until(page, 'the other browser is gone from the list', () => document.querySelectorAll('tr[data-session]').length === 1, null, 20_000);
  await there.page.waitForURL(isAt('/login'), { timeout: 30_000 });
  say('the other browser was signed out from here');
  there.done();

  await leaveAlone();
  await byProvider();
  here.done();

  /** Time is made to pass in the page alone; the service's own limit is another test's. */
  async function leaveAlone() {
    await page.clock.install();
    await page.reload();
    await page.locator('tr[data-session]').first().waitFor({ timeout: 20_000 });
    await page.clock.fastForward('01:58:20');
    const asks = page.locator('[role="dialog"] [role="timer"]');
    await asks.waitFor({ timeout: 20_000 });
    await screen('06-idle');
    await page.locator('.dialog-foot .button-primary').click();
    await asks.waitFor({ state: 'detached', timeout: 20_000 });
    if (!isAt('/security')(new URL(page.url()))) throw new Error(`whoever stays is at ${page.url()}`);
    await page.clock.fastForward('01:58:20');
    await asks.waitFor({ timeout: 20_000 });
    await page.clock.fastForward('01:10');
    await page.waitForURL((url) => url.search === '?idle=1', { timeout: 20_000 });
    await page.locator('.login-error .notice').waitFor({ timeout: 20_000 });
    say('a page that nobody touches asks, and signs out');
  }
}

/** The provider is another site, so this page may go there. */
async function byProvider() {
  for (const [person, bound] of [[STRANGER, false], [PERSON, true]]) {
    const { page, screen } = await open(`with ${person}`);
    await page.goto(`${base}/login?next=%2Fsecurity`);
    await page.locator('.login-provider a').waitFor({ timeout: 20_000 });
    if (!bound) await screen('07-login-with-provider');
    await page.locator('.login-provider a').click();
    await page.locator('input[name="login"]').waitFor({ timeout: 20_000 });
    await page.locator('input[name="login"]').fill(person);
    await page.locator('input[name="password"]').fill('x');
    await page.locator('button[type="submit"]').click();
    await page.locator('input[name="prompt"][value="consent"]').waitFor({ state: 'attached', timeout: 20_000 });
    await page.locator('button[type="submit"]').click();
    if (bound) {
      await page.waitForURL(isAt('/security'), { timeout: 30_000 });
      await page.locator('tr[data-session]').first().waitFor({ timeout: 20_000 });
      await screen('09-bound');
      say('the identity provider vouches for somebody who is bound');
    } else {
      const message = page.locator('.login-error .notice');
      await message.waitFor({ timeout: 20_000 });
      if (!(await message.textContent()).includes(person)) throw new Error('a stranger is not told their number');
      await screen('08-unknown');
    }
  }
}

try {
  await walk();
} catch (error) {
  faults.push(String(error));
  for (const context of browser.contexts()) for (const page of context.pages()) await picture(page, SHOTS_DIR, `sign-in-FAILED-${browser.contexts().indexOf(context)}`);
}
await browser.close();
for (const fault of faults) console.error(`sign-in: ${fault}`);
say(faults.length === 0 ? 'all is well' : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
