// Draws the terminal's icons from public/favicon.svg in the sizes that telephones ask for. Run by hand when the drawing changes:
//   node tools/icons.mjs
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { FLAGS } from '../e2e/lib.mjs';

const ROOT = new URL('../', import.meta.url).pathname;
const drawing = readFileSync(`${ROOT}public/favicon.svg`, 'utf8');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, headless: true });
// A maskable icon is cut to a shape by the telephone: the drawing without its corners, and smaller.
const masked = drawing.replace('rx="7"', '').replace(/<path/, '<path transform="translate(16 16) scale(.72) translate(-16 -16)"');
for (const [name, size, svg] of [
  ['icon-192', 192, drawing],
  ['icon-512', 512, drawing],
  ['icon-maskable-512', 512, masked],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  await page.screenshot({ path: `${ROOT}public/driver/${name}.png`, omitBackground: true });
  await page.close();
}
await browser.close();
