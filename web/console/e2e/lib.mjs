// Helpers for driving the console in a real browser: start it, watch it, ask axe about it.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic',
];

export async function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, headless: true });
}

/** A page that keeps what must not happen: console errors, CSP violations, requests to other hosts. */
export async function openPage(browser, { baseUrl, width = 1366, height = 768, theme = 'light', language = 'zh-CN', touch = false }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language, hasTouch: touch, isMobile: touch, deviceScaleFactor: 1 });
  const page = await context.newPage();
  // Two cores draw several maps without a graphics card, and tests of other things run beside.
  page.setDefaultTimeout(90_000);
  page.setDefaultNavigationTimeout(90_000);
  const origin = new URL(baseUrl).host;
  const faults = [];
  const expected = [];
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} ${message.location().url}`;
    if (!expected.some((pattern) => pattern.test(text))) faults.push(`console error: ${text}`);
  });
  page.on('pageerror', (error) => faults.push(`page error: ${error.stack ?? error}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.host !== origin) faults.push(`request off origin: ${request.url()}`);
  });
  await page.addInitScript((wish) => {
    localStorage.setItem('motorpool.language', wish.language);
    localStorage.setItem('motorpool.theme', wish.theme);
    window.__violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
  }, { language, theme });
  const checkViolations = async () => {
    for (const violation of await page.evaluate(() => window.__violations.splice(0))) faults.push(`CSP violation: ${violation}`);
  };
  /** For an error that is part of the test, such as a refused sign-in. */
  const expect = (pattern) => expected.push(pattern);
  return { context, page, faults, checkViolations, expect };
}

/** Runs axe by the debugging protocol: no script tag, so the page's CSP stays as strict as it is. */
export async function runAxe(page, name) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then((answer) => answer.violations.map((one) => one.id + ' (' + one.impact + '): ' + one.nodes.slice(0, 4).map((node) => node.target.join(' ') + ' ' + node.html.slice(0, 240) + ' ' + (node.failureSummary || '').split('\\n').slice(1, 2).join('')).join(' | ')))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (exceptionDetails) return [`axe on ${name}: ${exceptionDetails.text}`];
  return result.value.map((text) => `axe on ${name}: ${text}`);
}

export async function signIn(page, baseUrl, login, password) {
  await page.goto(`${baseUrl}/login`);
  await page.locator('input[name="username"]').fill(login);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('input[name="password"]').press('Enter');
  await page.waitForURL((url) => url.pathname === '/', { timeout: 30_000 });
}

/** Clicks the link of the bar to `path`, in its menu where it stands in one. */
export async function goTo(page, path) {
  const link = page.locator(`.bar-nav a[href="${path}"]`);
  if (!(await link.isVisible())) await page.locator('.bar-group', { has: page.locator(`a[href="${path}"]`) }).locator('> button').click();
  await link.click();
}

/** Until the map has its vehicles. */
export async function waitForMap(page, timeout = 120_000) {
  await page.waitForFunction(() => window.__motorpool?.live().state === 'live' && window.__motorpool.camera().idle, null, { timeout, polling: 250 });
}

/** Polls the page until the question is answered with something true. */
export async function until(page, what, question, argument, timeout = 120_000) {
  try {
    const handle = await page.waitForFunction(question, argument, { timeout, polling: 250 });
    return await handle.jsonValue();
  } catch {
    throw new Error(`waited ${timeout / 1000} s in vain until ${what}`);
  }
}

export async function picture(page, folder, name) {
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}
