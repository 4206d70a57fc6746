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
/** What the other screens say (`vite.config.ts` tells which keys are in which part). */
const PARTS = {
  people: {
    'zh-CN': () => import('./zh-CN.json?part=people'),
    en: () => import('./en.json?part=people'),
  },
  later: {
    'zh-CN': () => import('./zh-CN.json?part=later'),
    en: () => import('./en.json?part=later'),
  },
  trips: {
    'zh-CN': () => import('./zh-CN.json?part=trips'),
    en: () => import('./en.json?part=trips'),
  },
  oversight: {
    'zh-CN': () => import('./zh-CN.json?part=oversight'),
    en: () => import('./en.json?part=oversight'),
  },
  money: {
    'zh-CN': () => import('./zh-CN.json?part=money'),
    en: () => import('./en.json?part=money'),
  },
  life: {
    'zh-CN': () => import('./zh-CN.json?part=life'),
    en: () => import('./en.json?part=life'),
  },
  whole: {
    'zh-CN': () => import('./zh-CN.json?part=whole'),
    en: () => import('./en.json?part=whole'),
  },
  /** Words for the errors that a server sends with words of its own: nobody waits for these. */
  errors: {
    'zh-CN': () => import('./zh-CN.json?part=errors'),
    en: () => import('./en.json?part=errors'),
  },
} satisfies Record<string, typeof FILES>;
type Part = keyof typeof PARTS;
const wanted = new Set<Part>();

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
  const waitedFor = [...wanted].filter((part) => part !== 'errors');
  await Promise.all(waitedFor.map((part) => add(lng, part)));
  if (wanted.has('errors')) void add(lng, 'errors').catch(() => undefined);
}

async function add(lng: Language, part: Part): Promise<void> {
  i18next.addResourceBundle(lng, 'translation', (await PARTS[part][lng]()).default, true);
}

/**
 * A screen together with its texts, for `lazy`: those of people and their units, of cars and their terminals, of trips, of their
 * money, of what went wrong, or of the life of cars.
 */
export async function withTexts<T>(screen: Promise<T>, part: 'people' | 'later' | 'trips' | 'money' | 'oversight' | 'life' | 'whole'): Promise<T> {
  wanted.add(part).add('errors');
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
