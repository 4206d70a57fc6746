import { chromium } from 'playwright-core';
import { mkdtempSync } from 'node:fs';
const base = 'http://127.0.0.1:8090';
const [login, size, ...items] = process.argv.slice(2);
const [w, h] = size.split('x').map(Number);
const ctx = await chromium.launchPersistentContext(mkdtempSync('/tmp/look-'), { executablePath: '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'], viewport: { width: w, height: h }, locale: 'zh-CN' });
const page = await ctx.newPage();
page.on('pageerror', (e) => console.log('pageerror', String(e)));
await page.goto(base + '/');
await page.locator('input').first().fill(login);
await page.locator('input[type=password]').fill('Motorpool-demo-1');
await page.keyboard.press('Enter');
await page.waitForTimeout(4000);
for (const item of items) {
  const [path, name, ...acts] = item.split('@');
  if (path) { await page.goto(base + path); await page.waitForTimeout(3500); }
  for (const act of acts) {
    try {
      if (act.startsWith('key:')) await page.keyboard.press(act.slice(4));
      else await page.locator(act).first().click({ timeout: 8000 });
    } catch (e) { console.log(name, act, String(e).slice(0, 200)); }
    await page.waitForTimeout(1800);
  }
  await page.screenshot({ path: `/tmp/shot-${name}.png` });
}
await ctx.close();
