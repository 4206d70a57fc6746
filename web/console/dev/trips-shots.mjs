// Takes pictures of the screens of trips against the mock, and asks axe about each.
//   node dev/mock.mjs 8099 & node dev/trips-shots.mjs http://127.0.0.1:8099 /tmp/shots [name-part]
import { openPage, picture, runAxe, signIn, startBrowser, waitForMap } from '../e2e/lib.mjs';

const [, , BASE = 'http://127.0.0.1:8099', FOLDER = 'shots', ONLY = ''] = process.argv;
const VARIANTS = [
  { name: 'zh-light', language: 'zh-CN', theme: 'light' },
  { name: 'zh-wide', language: 'zh-CN', theme: 'light', width: 1600, height: 900 },
  { name: 'en-dark', language: 'en', theme: 'dark' },
  { name: 'phone', language: 'zh-CN', theme: 'light', width: 390, height: 844, touch: true },
];

const browser = await startBrowser();
let bad = 0;
for (const variant of VARIANTS.filter(({ name }) => name.includes(ONLY))) {
  const { page, faults, checkViolations, context } = await openPage(browser, { baseUrl: BASE, ...variant });
  faults.length = 0;
  const snap = async (name, axe = true) => {
    await page.waitForTimeout(900);
    await picture(page, FOLDER, `${variant.name}-${name}`);
    if (axe) faults.push(...(await runAxe(page, name)));
  };
  try {
    await signIn(page, BASE, 'manager', 'Motorpool-demo-1');
    await waitForMap(page);
    await snap('dock');
    await page.goto(`${BASE}/?panel=approvals`);
    await page.locator('.trip-card').first().waitFor();
    await snap('approvals');
    await page.locator('.trip-card-open').nth(1).click();
    await page.locator('.suggested li').first().waitFor();
    await page.waitForTimeout(800);
    await snap('approval-open');
    await page.keyboard.press('n');
    await page.locator('.reasons').waitFor();
    await snap('reject');
    await page.keyboard.press('Escape');
    await page.locator('.trip-card[data-open] .decide .button-primary').click();
    await page.locator('.toast').waitFor();
    await snap('approved');
    await page.goto(`${BASE}/?panel=dispatch`);
    await page.locator('.trip-card-open').nth(2).click();
    await page.locator('.candidate').first().waitFor();
    await page.waitForTimeout(800);
    await snap('dispatch');
    await page.goto(`${BASE}/?panel=apply`);
    await page.locator('.apply').waitFor();
    await snap('apply');
    await page.locator('.pill', { hasText: '调研、检查、督导' }).first().click();
    await page.locator('.place').nth(0).locator('.pill-button').first().click();
    await page.locator('.place').nth(1).locator('.pill-button').nth(2).click();
    await page.locator('.check').waitFor();
    await page.waitForTimeout(800);
    await snap('apply-filled');
    await page.locator('.apply-barred summary').click();
    await page.locator('.pill[data-barred]').first().click();
    await page.locator('.apply-more summary').click();
    await snap('apply-barred');
    await page.goto(`${BASE}/?panel=mine`);
    await page.locator('.trip-card-open').first().click();
    await page.locator('.trip-orders').waitFor();
    await snap('mine');
    await page.goto(`${BASE}/?panel=board`);
    await page.locator('.board-row').first().waitFor();
    await snap('board');
    await page.locator('.board-request').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(500);
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowDown');
    await snap('board-held');
    await page.goto(`${BASE}/flows`);
    await page.locator('.flow-card').first().waitFor();
    await snap('flows');
    await page.locator('.page-actions .button-primary').click();
    await page.locator('.flow-editor').waitFor();
    await page.locator('.flow-add button').click();
    await snap('flow-editor');
    await page.goto(`${BASE}/print/order/or1`);
    await page.locator('.sheet').waitFor();
    await snap('sheet');
    if (variant.name === 'zh-light') await page.pdf({ path: `${FOLDER}/sheet.pdf`, preferCSSPageSize: true });
  } catch (error) {
    faults.push(String(error));
    await picture(page, FOLDER, `${variant.name}-failed`);
  }
  await checkViolations();
  for (const fault of faults) console.log(`${variant.name}: ${fault}`);
  bad += faults.length;
  await context.close();
}
await browser.close();
console.log(bad === 0 ? 'done' : `${bad} faults`);
