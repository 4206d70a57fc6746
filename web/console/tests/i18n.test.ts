import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import en from '../src/i18n/en.json';
import zh from '../src/i18n/zh-CN.json';

const texts: Record<string, Record<string, string>> = { zh, en };
const SOURCE = new URL('../src/', import.meta.url).pathname;

it('both languages have the same keys', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
});

it('no text is empty, and both have the same placeholders', () => {
  const holes = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
  for (const key of Object.keys(zh)) {
    expect(texts.zh![key], key).not.toBe('');
    expect(holes(texts.en![key]!), key).toEqual(holes(texts.zh![key]!));
  }
});

it('every key that the source names exists', () => {
  const missing: string[] = [];
  for (const file of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file)) continue;
    const source = readFileSync(join(SOURCE, file), 'utf8');
    for (const [, key] of source.matchAll(/\bt\(\s*'([a-z_]+\.[a-z_.0-9]+)'/g)) if (!(key! in zh)) missing.push(`${file}: ${key}`);
    for (const [, key] of source.matchAll(/text: '(keys\.\w+)'/g)) if (!(key! in zh)) missing.push(`${file}: ${key}`);
  }
  expect(missing).toEqual([]);
});

it('no Chinese stands in the source but as the name of the language or an example of a plate', () => {
  const found: string[] = [];
  for (const file of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx$/.test(file)) continue;
    readFileSync(join(SOURCE, file), 'utf8')
      .split('\n')
      .forEach((line, index) => {
        const code = line.replace(/\/\*\*?.*?\*\/|\/\/.*$|^\s*\*.*$/g, '');
        if (/[\u4e00-\u9fff]/.test(code) && !/'中文?'|浙A12345/.test(code)) found.push(`${file}:${index + 1}`);
      });
  }
  expect(found).toEqual([]);
});
