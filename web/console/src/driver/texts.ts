/** What the terminal says, Chinese first: the console's own files, but without its library, which would cost a third of the page. */

import { setApiLanguage } from '../api/client';

export type Language = 'zh-CN' | 'en';
const KEY = 'motorpool.language';
const FILES: { [L in Language]: () => Promise<{ default: { [key: string]: string } }> } = {
  'zh-CN': () => import('../i18n/zh-CN.json?part=driver'),
  en: () => import('../i18n/en.json?part=driver'),
};

let texts: { [key: string]: string } = {};
let chosen: Language = 'zh-CN';

export async function startTexts(): Promise<void> {
  try {
    if (localStorage.getItem(KEY) === 'en') chosen = 'en';
  } catch {
    // Storage may be forbidden: Chinese then.
  }
  texts = (await FILES[chosen]()).default;
  document.documentElement.lang = chosen;
  document.title = t('driver_app.title');
  setApiLanguage(chosen);
}

export const language = () => chosen;

/** The page begins anew: nothing of it is lost, for nothing of it is in memory alone. */
export function setLanguage(next: Language): void {
  try {
    localStorage.setItem(KEY, next);
  } catch {
    return;
  }
  location.reload();
}

export function t(key: string, values: { [name: string]: string | number } = {}): string {
  return (texts[key] ?? key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
}
