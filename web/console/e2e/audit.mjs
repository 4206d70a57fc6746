// Looks through the audit log as an auditor would: finds an entry, opens it by keyboard, looks at the seals, takes a pack out.
//   BASE_URL, LOGIN, PASSWORD   where, and as whom
//   PACK                        where the pack goes
//   SHOTS_DIR                   where the pictures go
import { openPage, picture, runAxe, startBrowser } from './lib.mjs';

const { BASE_URL = 'http://127.0.0.1:8080', LOGIN, PASSWORD, PACK, SHOTS_DIR } = process.env;
const base = BASE_URL.replace(/\/$/, '');
const faults = [];
const browser = await startBrowser();

async function look(options, name, walk) {
  const { context, page, faults: seen, checkViolations, expect } = await openPage(browser, { baseUrl: base, ...options });
  // The session is asked for before anybody is signed in.
  expect(/401 .*\/api\/v1\/session/);
  // An auditor watches no vehicles.
  expect(/403 .*\/api\/v1\/(live|vehicles|map)/);
  const screen = async (step) => {
    await page.waitForTimeout(400);
    await picture(page, SHOTS_DIR, `audit-${name}-${step}`);
    faults.push(...(await runAxe(page, `${name} ${step}`)));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) faults.push(`${name} ${step}: ${overflow} px wider than the window`);
    await checkViolations();
  };
  await page.goto(`${base}/login`);
  await page.locator('input[name="username"]').fill(LOGIN);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('input[name="password"]').press('Enter');
  await page.locator('.bar').waitFor({ timeout: 30_000 });
  await page.goto(`${base}/admin/audit`);
  await page.locator('.audit-rows tbody tr').first().waitFor({ timeout: 30_000 });
  await walk(page, screen);
  faults.push(...seen.map((fault) => `${name}: ${fault}`));
  await context.close();
}

await look({}, 'zh', async (page, screen) => {
  await screen('list');
  await page.locator('.audit-tools select').first().selectOption('created');
  await page.locator('.audit-tools button[type=submit]').click();
  await page.waitForFunction(() => [...document.querySelectorAll('.audit-rows tbody tr td:nth-child(4)')].every((cell) => cell.textContent === '新增'), null, { timeout: 20_000 });
  await page.locator('.row-open').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.audit-comparison').waitFor({ timeout: 20_000 });
  await screen('entry');
  await page.keyboard.press('Escape');
  await page.locator('.audit-drawer').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '封存记录' }).click();
  await page.locator('.audit-key').waitFor({ timeout: 20_000 });
  await screen('seals');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '导出证据包' }).click();
  await page.locator('.dialog .field input:not([type])').or(page.locator('.dialog input[type=text]')).last().fill('年度审计');
  await screen('pack');
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.dialog button[type=submit]').click()]);
  if (PACK) await download.saveAs(PACK);
});
await look({ theme: 'dark', language: 'en' }, 'en', async (page, screen) => {
  await screen('list');
  await page.locator('.row-open').first().click();
  await page.locator('.audit-hash').waitFor({ timeout: 20_000 });
  await screen('entry');
});
await look({ width: 390, height: 844, touch: true }, 'phone', async (page, screen) => {
  await screen('list');
  await page.locator('.row-open').first().click();
  await page.locator('.audit-hash').waitFor({ timeout: 20_000 });
  await screen('entry');
});
await browser.close();
for (const fault of faults) console.error(`audit: ${fault}`);
console.log(`audit: ${faults.length === 0 ? 'all well' : `${faults.length} faults`}`);
process.exit(faults.length === 0 ? 0 : 1);
