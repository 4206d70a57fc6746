import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { partOf } from './tools/text-parts';

const api = process.env.MOTORPOOL_API ?? 'http://127.0.0.1:8080';

function textsInParts(): Plugin {
  return {
    name: 'texts-in-parts',
    enforce: 'pre',
    load(id) {
      const [, file, wanted] = /^(.*\/i18n\/[\w-]+\.json)\?part=(first|people|later|trips|money|oversight|life|whole|errors|driver)$/.exec(id) ?? [];
      if (!file) return null;
      const texts = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
      return { code: `export default ${JSON.stringify(Object.fromEntries(texts.filter(([key]) => partOf(key) === wanted)))}`, moduleType: 'js' };
    },
  };
}

export default defineConfig({
  plugins: [textsInParts(), react()],
  // MapLibre 6 ships its worker as an ES module of its own: same origin, no blob: in the CSP.
  worker: { format: 'es' },
  build: { target: 'chrome109', sourcemap: false, chunkSizeWarningLimit: 1400, assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: true, rolldownOptions: { input: ['index.html', 'driver.html'] } },
  server: { proxy: { '/api': { target: api, ws: true } } },
  test: { environment: 'node', include: ['tests/**/*.test.ts'] },
});
