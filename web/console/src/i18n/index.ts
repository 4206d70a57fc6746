/** Chinese first (中文为源语言), English complete beside it. */

import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { setApiLanguage } from '../api/client';
import en from './en.json';
import zh from './zh-CN.json';

export type Language = 'zh-CN' | 'en';
const KEY = 'motorpool.language';

function wished(): Language {
  try {
    const stored = localStorage.getItem(KEY);
    if (stored === 'en' || stored === 'zh-CN') return stored;
  } catch {
    // Storage may be forbidden: Chinese then.
  }
  return 'zh-CN';
}

export async function startLanguages(): Promise<void> {
  const lng = wished();
  await i18next.use(initReactI18next).init({
    lng,
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
    // The files are flat: one line a text, the key as it is written in the code.
    keySeparator: false,
    nsSeparator: false,
    returnNull: false,
  });
  say(lng);
}

export function language(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN';
}

export function setLanguage(next: Language): void {
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Kept for this page only.
  }
  void i18next.changeLanguage(next);
  say(next);
}

function say(lng: Language): void {
  document.documentElement.lang = lng;
  document.title = i18next.t('product.title');
  setApiLanguage(lng);
}

export function useText() {
  const { t } = useTranslation();
  return t;
}

/** The text of an error code, or the server's own words for a code this console does not know. */
export function errorText(code: string, fallback?: string, values: Record<string, unknown> = {}): string {
  const key = `error.${code}`;
  return i18next.exists(key) ? i18next.t(key, values) : (fallback ?? i18next.t('problem.unknown', { code }));
}
