import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const api = process.env.MOTORPOOL_API ?? 'http://127.0.0.1:8080';

/**
 * Texts of screens that are opened later (rules, terminals, devices, firmware) are a file of their own: the map does not wait for
 * them. So are most error codes: the server says the words of its errors itself.
 */
const LATER = /^(rules|security|audit|audit_action|audit_kind|accounts|delegate\.(?!title)|function|terminal|command|message|frames|inspect|platform|inbox|log|close|result|protocol|firmware|devices|vehicle|units|lines|import|error\.(?!auth|console|live|oidc|request|server|service|session|store))\b/;

function textsInTwoParts(): Plugin {
  return {
    name: 'texts-in-two-parts',
    enforce: 'pre',
    load(id) {
      const [, file, part] = /^(.*\/i18n\/[\w-]+\.json)\?part=(first|later)$/.exec(id) ?? [];
      if (!file) return null;
      const texts = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
      const wanted = texts.filter(([key]) => LATER.test(key) === (part === 'later'));
      return { code: `export default ${JSON.stringify(Object.fromEntries(wanted))}`, moduleType: 'js' };
    },
  };
}

export default defineConfig({
  plugins: [textsInTwoParts(), react()],
  // MapLibre 6 ships its worker as an ES module of its own: same origin, no blob: in the CSP.
  worker: { format: 'es' },
  build: { target: 'chrome109', sourcemap: false, chunkSizeWarningLimit: 1400, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': { target: api, ws: true } } },
  test: { environment: 'node', include: ['tests/**/*.test.ts'] },
});
