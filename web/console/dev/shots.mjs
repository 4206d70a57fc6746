// Takes pictures of every screen against the mock, and asks axe about each.
//   node dev/mock.mjs 8099 & node dev/shots.mjs http://127.0.0.1:8099 /tmp/shots [name-part]
import { openPage, picture, runAxe, signIn, startBrowser, waitForMap } from '../e2e/lib.mjs';

const [, , BASE = 'http://127.0.0.1:8099', FOLDER = 'shots', ONLY = ''] = process.argv;
const CAR = '0192f000-0000-7000-8000-000000000001';
const VARIANTS = [
  { name: 'zh-light', language: 'zh-CN', theme: 'light' },
  { name: 'en-dark', language: 'en', theme: 'dark' },
  { name: 'zh-dark', language: 'zh-CN', theme: 'dark' },
  { name: 'en-light', language: 'en', theme: 'light' },
  { name: 'phone', language: 'zh-CN', theme: 'light', width: 390, height: 844, touch: true },
];

const browser = await startBrowser();
let bad = 0;
for (const variant of VARIANTS.filter(({ name }) => name.includes(ONLY.split('/')[0]))) {
  const { page, faults, checkViolations, context } = await openPage(browser, { baseUrl: BASE, ...variant });
  const step = ONLY.split('/')[1];
  const snap = async (name, axe = true) => {
    if (step && !name.includes(step)) return;
    await page.waitForTimeout(700);
    await picture(page, FOLDER, `${variant.name}-${name}`);
    if (axe) faults.push(...(await runAxe(page, name)));
  };
  try {
    await page.goto(`${BASE}/login`);
    await page.locator('input[name="username"]').waitFor();
    await snap('login');
    for (const [login, name] of [['coded', 'code'], ['fresh', 'forced-change'], ['chief', 'set-up']]) {
      await page.goto(`${BASE}/login`);
      await page.locator('input[name="username"]').fill(login);
      await page.locator('input[name="password"]').fill('Motorpool-demo-1');
      await page.locator('form .button-primary').click();
      await page.locator('.login-card .dialog-foot, .login-card input[name="code"]').first().waitFor();
      if (name === 'forced-change') {
        for (const field of ['old_password', 'new_password', 'repeat_password']) await page.locator(`input[name="${field}"]`).fill('P@ssw0rd');
        await page.locator('form .button-primary').click();
        await page.locator('.field-error').waitFor();
      }
      if (name === 'set-up') {
        await page.locator('input[name="password"]').fill('x');
        await page.locator('form .button-primary').click();
        await page.locator('.qr').waitFor();
      }
      await snap(name);
      if (name === 'set-up') {
        await page.locator('input[name="code"]').fill('123456');
        await page.locator('form .button-primary').click();
        await page.locator('.recovery-codes').waitFor();
        await snap('recovery-codes');
      }
      await page.context().clearCookies();
    }
    await page.goto(`${BASE}/login?error=oidc.unknown&who=hz.007`);
    await page.locator('.login-error .notice').waitFor();
    await snap('login-unknown');
    await signIn(page, BASE, 'manager', 'Motorpool-demo-1');
    await waitForMap(page);
    await snap('map');
    await page.goto(`${BASE}/security`);
    await page.locator('tr[data-session]').first().waitFor();
    await snap('security');
    await page.goto(`${BASE}/`);
    await waitForMap(page);
    if (!variant.touch) {
      await page.goto(`${BASE}/?status=faulty`);
      await waitForMap(page);
      await snap('filter', false);
    }
    await page.goto(`${BASE}/?v=${CAR}`);
    await waitForMap(page);
    if (!variant.touch) await page.keyboard.press('f');
    await page.waitForTimeout(1500);
    await snap('card');
    await page.goto(`${BASE}/?v=${CAR}&panel=playback&day=2008-10-28`);
    await waitForMap(page);
    await page.keyboard.press(' ');
    await page.waitForTimeout(1500);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press(' ');
    await snap('playback');
    await page.goto(`${BASE}/messages`);
    await page.locator('.inbox-row').first().waitFor();
    await snap('messages');
    await page.locator('.page-actions .button').first().click();
    await page.locator('.inbox-kinds').waitFor();
    await snap('notify');
    await page.keyboard.press('Escape');
    await page.goto(`${BASE}/?v=${CAR}&panel=playback&day=2008-10-28`);
    await waitForMap(page);
    if (!variant.touch) {
      await page.locator('.day-picker .button').nth(1).click();
      await snap('days');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.goto(`${BASE}/admin/devices`);
      await page.locator('table').waitFor();
      await snap('devices');
      await page.locator('.page-actions .button-primary').click();
      await page.locator('.dialog input').first().fill(`HZ-${Date.now() % 100000}`);
      await snap('register');
      await page.locator('.dialog .button-primary').click();
      await page.locator('.copyable').first().waitFor();
      await snap('secret');
      await page.locator('.dialog-foot .button').click();
      await page.locator('.page-actions .button').first().click();
      await page.locator('.dialog input').first().fill('错的');
      await page.locator('.dialog .button-primary').click();
      await snap('vehicle');
      await page.keyboard.press('Escape');
      await page.goto(`${BASE}/`);
      await waitForMap(page);
      await page.keyboard.press('?');
      await snap('keys');
    }
  } catch (error) {
    faults.push(`${variant.name}: ${error}`);
    await picture(page, FOLDER, `${variant.name}-FAILED`);
  }
  await checkViolations().catch(() => {});
  for (const fault of faults.filter((text) => !/401|422/.test(text))) {
    bad++;
    console.log(`${variant.name}: ${fault}`);
  }
  await context.close();
}
await browser.close();
console.log(bad === 0 ? 'all screens clean' : `${bad} faults`);
process.exit(bad === 0 ? 0 : 1);
