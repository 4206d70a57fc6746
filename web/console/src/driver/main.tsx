import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { start } from './terminal';
import { startTexts } from './texts';
import '../styles/tokens.css';
import './driver.css';

/** The worker keeps the page for when there is no network; its scope is this folder alone. */
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/driver/sw.js', { scope: '/driver/' }).catch(() => undefined);
/** What was not sent yet must not be cleared to make room for something else. */
void navigator.storage?.persist?.().catch(() => undefined);

void startTexts().then(() => {
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  void start();
});
