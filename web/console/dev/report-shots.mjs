// Pictures of the annual report against the mock, on screen and on paper.
//   node dev/mock.mjs 8099 & node dev/report-shots.mjs http://127.0.0.1:8099 /tmp/shots
import { openPage, picture, runAxe, signIn, startBrowser, waitForMap } from '../e2e/lib.mjs';

const [, , BASE = 'http://127.0.0.1:8099', FOLDER = 'shots'] = process.argv;
const VARIANTS = [
  { name: 'report-zh', language: 'zh-CN', theme: 'light' },
  { name: 'report-en-dark', language: 'en', theme: 'dark' },
  { name: 'report-phone', language: 'zh-CN', theme: 'light', width: 390, height: 844, touch: true },
];
const browser = await startBrowser();
let bad = 0;
for (const variant of VARIANTS) {
  const { page, faults, checkViolations, context } = await openPage(browser, { baseUrl: BASE, ...variant });
  const snap = async (name, whole = true) => {
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${FOLDER}/${variant.name}-${name}.png`, fullPage: whole });
    faults.push(...(await runAxe(page, name)));
  };
  try {
    await signIn(page, BASE, 'authority', 'Motorpool-demo-1');
    await waitForMap(page);
    await page.goto(`${BASE}/report`);
    await page.locator('.report-progress').waitFor();
    await picture(page, FOLDER, `${variant.name}-top`);
    faults.push(...(await runAxe(page, 'top')));
    await page.locator('.report-pills .pill').nth(4).click();
    await page.locator('.report-sections').scrollIntoViewIfNeeded();
    await snap('cost', false);
    await page.locator('.report-rates').scrollIntoViewIfNeeded();
    await snap('rates', false);
    await page.locator('.report-seal').evaluate((seal) => seal.parentElement.scrollIntoView({ block: 'end' }));
    await snap('below', false);
    if (variant.name === 'report-zh') {
      for (const action of [0, 1, 0]) {
        await page.locator('.page-actions .button').nth(2 + action).click();
        await page.locator('.dialog-foot .button-primary').click();
        await page.locator('.dialog').waitFor({ state: 'detached' });
        await page.waitForTimeout(200);
      }
      await page.evaluate(() => document.querySelector('.page').scrollTo(0, 0));
      await snap('submitted', false);
      await page.locator('.page-actions .button').nth(3).click();
      await snap('return', false);
      await page.keyboard.press('Escape');
      await page.emulateMedia({ media: 'print' });
      await page.pdf({ path: `${FOLDER}/report.pdf`, format: 'A4', landscape: true });
      await snap('print');
    }
  } catch (error) {
    faults.push(String(error));
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
