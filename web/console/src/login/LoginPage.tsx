/** Sign-in (登录): says what is wrong, never which half. */

import { useEffect, useState } from 'react';
import { ApiError, post } from '../api/client';
import type { Session } from '../api/types';
import { setTheme, useTheme } from '../app/theme';
import { language, setLanguage, useText } from '../i18n';
import { Button, Field } from '../ui/kit';
import { sayError } from '../ui/states';

export function LoginPage({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const t = useText();
  const theme = useTheme();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [lockedUntil, setLockedUntil] = useState(0);
  const left = useCountdown(lockedUntil);
  const missing = error === 'missing';

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (!login.trim() || !password) return setError('missing');
    setBusy(true);
    setError(null);
    try {
      onSignedIn(await post<Session>('/session', { login: login.trim(), password }));
    } catch (problem) {
      setError(problem);
      if (problem instanceof ApiError && problem.code === 'auth.locked') setLockedUntil(Date.now() + (problem.problem.retry_after_s ?? 900) * 1000);
      else setPassword('');
    } finally {
      setBusy(false);
    }
  }

  const locked = left > 0;
  const message = locked
    ? t('login.locked', { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}` })
    : error instanceof ApiError && error.code === 'auth.locked'
      ? t('login.unlocked')
      : missing
        ? t('login.missing')
        : error
          ? sayError(error)
          : '';

  return (
    <div className="login">
      <header className="login-tools">
        <Button look="quiet" onPress={() => setLanguage(language() === 'en' ? 'zh-CN' : 'en')}>
          <span lang={language() === 'en' ? 'zh-CN' : 'en'}>{language() === 'en' ? '中文' : 'English'}</span>
          <span className="visually-hidden">{t('language.switch')}</span>
        </Button>
        <Button
          look="quiet"
          icon={theme === 'dark' ? 'sun' : 'moon'}
          aria-label={t(theme === 'dark' ? 'theme.to_light' : 'theme.to_dark')}
          onPress={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
        />
      </header>
      <main className="login-card" id="main">
        <header>
          <span className="brand-mark brand-mark-large" aria-hidden="true">
            <svg viewBox="0 0 20 20" width="26" height="26">
              <path d="M10 2.5 16 17l-6-3.3L4 17Z" fill="currentColor" />
            </svg>
          </span>
          <div>
            <h1>{t('product.title')}</h1>
            <p className="muted">{t('product.subtitle')}</p>
          </div>
        </header>
        <form onSubmit={submit} noValidate>
          <Field
            label={t('login.login')}
            name="username"
            autoComplete="username"
            autoFocus
            value={login}
            onChange={(text) => {
              setLogin(text);
              // The lock is the account's, not the page's.
              setLockedUntil(0);
              setError(null);
            }}
            error={missing && !login.trim() ? t('login.login_missing') : undefined}
          />
          <Field
            label={t('login.password')}
            name="password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
            error={missing && !password ? t('login.password_missing') : undefined}
          />
          <div role="alert" className="login-error">
            {message && (
              <p className="notice notice-bad">
                {/* A screen reader is told once, not every second. */}
                <span aria-hidden={locked}>{message}</span>
                {locked && <span className="visually-hidden">{t('error.auth.locked')}</span>}
              </p>
            )}
          </div>
          <Button look="primary" type="submit" isDisabled={busy || locked}>
            {busy ? t('login.busy') : t('login.submit')}
          </Button>
        </form>
        <p className="login-note">{t('login.note')}</p>
      </main>
      <footer className="login-foot">{t('product.footer')}</footer>
    </div>
  );
}

/** Whole seconds left until an instant. */
function useCountdown(until: number): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const tell = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tell();
    if (until <= Date.now()) return;
    const timer = setInterval(tell, 500);
    return () => clearInterval(timer);
  }, [until]);
  return left;
}
