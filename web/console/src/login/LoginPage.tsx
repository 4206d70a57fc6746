/** Sign-in (登录): says what is wrong, never which half. */

import { useEffect, useState } from 'react';
import { ApiError, post } from '../api/client';
import type { Session } from '../api/types';
import { useConfig } from '../api/queries';
import { usePlace } from '../app/route';
import { errorText, language, useText } from '../i18n';
import { Icon } from '../ui/icon';
import { Button, Field } from '../ui/kit';
import { sayError } from '../ui/states';
import { LoginFrame } from './LoginFrame';

export function LoginPage({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const t = useText();
  const provider = useConfig().data?.provider;
  const next = usePlace().params.get('next');
  const arrival = useArrival();
  const [going, setGoing] = useState(false);
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
          : arrival;

  return (
    <LoginFrame title={t('product.title')} subtitle={t('product.subtitle')}>
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
      {provider && (
        <div className="login-provider">
          <span className="login-or" aria-hidden="true">
            {t('login.or')}
          </span>
          <a className="button button-plain" href={`/api/v1/session/oidc${next ? `?next=${encodeURIComponent(next)}` : ''}`} onClick={() => setGoing(true)} aria-disabled={going}>
            <Icon name="user" size={16} />
            {going ? t('login.signing_in_by_provider') : language() === 'en' ? provider.title_en : provider.title_zh}
          </a>
        </div>
      )}
      <p className="login-note">{t('login.note')}</p>
    </LoginFrame>
  );
}

/** What the identity provider, or an idle page, brought here; only our own codes and plain numbers are repeated. */
function useArrival() {
  const t = useText();
  const { params } = usePlace();
  if (params.has('idle')) return t('idle.out');
  const code = params.get('error') ?? '';
  if (!/^(oidc|auth)\.[a-z_]+$/.test(code)) return '';
  const who = params.get('who') ?? '';
  const more = code === 'oidc.unknown' && /^[\w.@:|-]{1,255}$/.test(who) ? ` ${t('login.unknown_identity', { who })}` : '';
  return errorText(code) + more;
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
