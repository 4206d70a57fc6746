import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const api = process.env.MOTORPOOL_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  // MapLibre 6 ships its worker as an ES module of its own: same origin, no blob: in the CSP.
  worker: { format: 'es' },
  build: { target: 'chrome109', sourcemap: false, chunkSizeWarningLimit: 1400, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': { target: api, ws: true } } },
  test: { environment: 'node', include: ['tests/**/*.test.ts'] },
});
