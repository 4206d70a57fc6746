/** Chinese first (中文为源语言), English complete beside it. */

import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { setApiLanguage } from '../api/client';

export type Language = 'zh-CN' | 'en';
const KEY = 'motorpool.language';

/** Each language is a file of its own: nobody downloads what they do not read. */
const FILES: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  'zh-CN': () => import('./zh-CN.json?part=first'),
  en: () => import('./en.json?part=first'),
};
/** What the screens say that are not the map's (`vite.config.ts` says which keys). */
const LATER: typeof FILES = {
  'zh-CN': () => import('./zh-CN.json?part=later'),
  en: () => import('./en.json?part=later'),
};
let isLater = false;

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
    // The files have the same keys, by test: there is nothing to fall back for.
    fallbackLng: false,
    resources: { [lng]: { translation: (await FILES[lng]()).default } },
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
  void load(next).then(() => i18next.changeLanguage(next)).then(() => say(next));
}

async function load(lng: Language): Promise<void> {
  if (!i18next.hasResourceBundle(lng, 'translation')) i18next.addResourceBundle(lng, 'translation', (await FILES[lng]()).default);
  if (isLater) i18next.addResourceBundle(lng, 'translation', (await LATER[lng]()).default, true);
}

/** A screen together with its texts, for `lazy`. */
export async function withTexts<T>(screen: Promise<T>): Promise<T> {
  isLater = true;
  const [page] = await Promise.all([screen, load(language())]);
  return page;
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
