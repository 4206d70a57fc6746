/** Signing in on a telephone (登录), with what may be due before the work: a code, a password of one's own. */

import { useState, type ReactNode } from 'react';
import { ApiError, post } from '../api/client';
import type { Session } from '../api/types';
import { Field, Head, Tap } from './kit';
import { signedIn, signIn, signOut, useLook } from './terminal';
import { language, setLanguage, t } from './texts';

function say(error: unknown): string {
  if (!(error instanceof ApiError)) return t('driver_app.sign_in_away');
  const { problem } = error;
  const more = [...Object.values(problem.field_titles ?? {}), ...(problem.problems ?? []).map((one) => one.title)];
  return more.length > 0 ? more.join(' ') : (problem.title ?? problem.code);
}

/** A form that is sent by its one large button. */
function Form({ submit, onSubmit, children }: { submit: string; onSubmit: () => Promise<unknown>; children: ReactNode }) {
  const [error, setError] = useState('');
  const send = async () => {
    setError('');
    await onSubmit().catch((problem: unknown) => setError(say(problem)));
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {children}
      <div role="alert">{error && <p className="bad">{error}</p>}</div>
      <Tap look="main" name="sign-in" onTap={send}>
        {submit}
      </Tap>
      {/* The keyboard's own "go" sends too. */}
      <button type="submit" className="visually-hidden" tabIndex={-1} aria-hidden="true" />
    </form>
  );
}

export function SignIn({ note }: { note?: string }) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  return (
    <div className="screen">
      <Head title={t('driver_app.title')} />
      <main>
        {note && <p className="notice">{note}</p>}
        <Form submit={t('driver_app.sign_in')} onSubmit={() => signIn(login.trim(), password)}>
          <Field label={t('driver_app.login')} name="username" autoComplete="username" value={login} onChange={setLogin} />
          <Field label={t('driver_app.password')} name="password" type="password" autoComplete="current-password" value={password} onChange={setPassword} />
        </Form>
        <p className="help">{t('driver_app.sign_in_note')}</p>
        <Tap look="quiet" name="language" onTap={() => setLanguage(language() === 'en' ? 'zh-CN' : 'en')}>
          {language() === 'en' ? '中文' : 'English'}
        </Tap>
      </main>
    </div>
  );
}

export function Due() {
  const { pending } = useLook();
  const [code, setCode] = useState('');
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  return (
    <div className="screen">
      <Head title={t('driver_app.title')} />
      <main>
        {pending === 'code' && (
          <Form submit={t('driver_app.confirm')} onSubmit={async () => signedIn(await post<Session>('/session/code', { code }))}>
            <p className="notice">{t('driver_app.code_due')}</p>
            <Field label={t('driver_app.code')} name="code" mode="numeric" autoComplete="one-time-code" value={code} onChange={setCode} />
          </Form>
        )}
        {pending === 'password' && (
          <Form submit={t('driver_app.confirm')} onSubmit={async () => signedIn(await post<Session>('/session/password', { old_password: old, new_password: fresh }))}>
            <p className="notice">{t('driver_app.password_due')}</p>
            <Field label={t('driver_app.password_old')} name="old_password" type="password" autoComplete="current-password" value={old} onChange={setOld} />
            <Field label={t('driver_app.password_new')} name="new_password" type="password" autoComplete="new-password" value={fresh} onChange={setFresh} />
          </Form>
        )}
        {pending === 'second_factor' && <p className="notice">{t('driver_app.second_factor_due')}</p>}
        <Tap look="quiet" name="sign-out" onTap={signOut}>
          {t('driver_app.sign_out')}
        </Tap>
      </main>
    </div>
  );
}
