import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const HERE = new URL('..', import.meta.url).pathname;

it('the types of the API are those of its description; after a change of it: npm run api', () => {
  const described = execFileSync(process.execPath, ['node_modules/openapi-typescript/bin/cli.js', '../openapi.json'], { cwd: HERE, encoding: 'utf8', maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'ignore'] });
  const body = (text: string) => text.slice(text.indexOf('export interface paths')).trim();
  expect(body(readFileSync(`${HERE}src/api/schema.d.ts`, 'utf8'))).toBe(body(described));
}, 20_000);
