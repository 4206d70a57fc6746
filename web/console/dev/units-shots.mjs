// Pictures of the organisation with 24,000 units against the mock, and how long the tree takes to be drawn.
//   node dev/mock.mjs 8099 & node dev/units-shots.mjs http://127.0.0.1:8099 /tmp/shots
import { openPage, picture, runAxe, signIn, startBrowser, waitForMap } from '../e2e/lib.mjs';

const [, , BASE = 'http://127.0.0.1:8099', FOLDER = 'shots'] = process.argv;
const VARIANTS = [
  { name: 'units-zh', language: 'zh-CN', theme: 'light' },
  { name: 'units-en-dark', language: 'en', theme: 'dark' },
  { name: 'units-phone', language: 'zh-CN', theme: 'light', width: 390, height: 844, touch: true },
];
const browser = await startBrowser();
let bad = 0;
for (const variant of VARIANTS) {
  const { page, faults, checkViolations, context } = await openPage(browser, { baseUrl: BASE, ...variant });
  const snap = async (name) => {
    await page.waitForTimeout(500);
    await picture(page, FOLDER, `${variant.name}-${name}`);
    faults.push(...(await runAxe(page, name)));
  };
  try {
    await signIn(page, BASE, 'authority', 'Motorpool-demo-1');
    await waitForMap(page);
    const started = Date.now();
    await page.goto(`${BASE}/admin/units`);
    await page.locator('[role=treeitem]').first().waitFor();
    console.log(`${variant.name}: the tree is there ${Date.now() - started} ms after the address was entered`);
    await snap('tree');
    const clicked = await page.evaluate(async () => {
      const from = performance.now();
      document.querySelectorAll('.unit-switches button')[0].click();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return performance.now() - from;
    });
    const rows = await page.locator('[role=treeitem]').count();
    console.log(`${variant.name}: opened down to the counties in ${clicked.toFixed(0)} ms with ${rows} rows drawn`);
    await page.locator('[role=tree]').focus();
    for (const key of ['End', 'Home', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    await page.locator('.unit-figures').waitFor();
    await snap('unit');
    await page.locator('.drawer-steps .button').nth(2).click();
    await page.locator('.dialog input[type=search]').fill('gaj');
    await page.locator('.dialog .unit-hit').first().click();
    await page.locator('.unit-effects .notice').waitFor();
    await snap('move');
    await page.keyboard.press('Escape');
    await page.locator('.drawer-steps .button').first().click();
    await snap('found');
    await page.keyboard.press('Escape');
    await page.goto(`${BASE}/admin/units`);
    await page.locator('.unit-tools .search-input').fill('gongan');
    await page.locator('.unit-hit').first().waitFor();
    await snap('search');
    await page.goto(`${BASE}/admin/units?tab=lines`);
    await page.locator('.line-units li').first().waitFor();
    await snap('lines');
    await page.goto(`${BASE}/admin/units?tab=import`);
    await page.locator('.drop-zone').waitFor();
    await snap('drop');
    await page.locator('input[type=file]').setInputFiles({ name: '2026年单位与账号.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('PK') });
    await page.locator('.import-sheet').first().waitFor();
    await snap('preview');
    await page.locator('.import-foot .button-primary').click();
    await page.locator('.notice-good').waitFor();
    await snap('loaded');
  } catch (error) {
    faults.push(`${variant.name}: ${error}`);
    await picture(page, FOLDER, `${variant.name}-FAILED`);
  }
  await checkViolations().catch(() => {});
  for (const fault of faults) {
    bad++;
    console.log(`${variant.name}: ${fault}`);
  }
  await context.close();
}
await browser.close();
console.log(bad === 0 ? 'all screens clean' : `${bad} faults`);
process.exit(bad === 0 ? 0 : 1);
