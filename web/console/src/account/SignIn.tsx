/** How an account signs in (登录方式), and what those who give and take rights can do about it. */

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, put, remove } from '../api/client';
import type { components } from '../api/schema';
import { useServices } from '../app/services';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { accountPath } from './api';

type SignInView = components['schemas']['SignInView'];
type Step = 'sessions' | 'second_factor' | 'unbind' | 'bind';
const PATHS = { sessions: '/sign-in/sessions', second_factor: '/sign-in/second-factor', unbind: '/sign-in/identity' };

export function SignIn({ id, name }: { id: string; name: string }) {
  const t = useText();
  const queries = useQueryClient();
  const { config } = useServices();
  const found = useQuery({ queryKey: ['account', id, 'sign-in'], queryFn: ({ signal }) => get<SignInView>(accountPath(id, '/sign-in'), {}, signal), retry: 0 });
  const [step, setStep] = useState<Step | null>(null);
  const done = () => {
    void queries.invalidateQueries({ queryKey: ['account', id] });
    setStep(null);
  };
  const seen = found.data;
  // Whoever is shut signs in nowhere.
  if (!seen) return null;
  const bound = seen.identity;
  return (
    <section aria-label={t('accounts.sign_in')}>
      <h3 className="drawer-title">{t('accounts.sign_in')}</h3>
      <dl className="facts">
        <div>
          <dt>{t('accounts.fact_way')}</dt>
          <dd>
            {bound
              ? t('accounts.way_bound', { subject: bound.expected ?? bound.subject })
              : t(seen.has_password ? (seen.password_is_temporary ? 'accounts.way_temporary' : 'accounts.way_password') : 'accounts.way_none')}
          </dd>
        </div>
        <div>
          <dt>{t('security.second_factor')}</dt>
          <dd>{t(seen.has_second_factor ? 'accounts.factor_on' : 'accounts.factor_off')}</dd>
        </div>
        <div>
          <dt>{t('accounts.fact_sessions')}</dt>
          <dd className="num">{seen.sessions.length}</dd>
        </div>
      </dl>
      <div className="drawer-steps">
        <Button onPress={() => setStep('sessions')} isDisabled={seen.sessions.length === 0}>
          {t('accounts.end_sessions')}
        </Button>
        {seen.has_second_factor && <Button onPress={() => setStep('second_factor')}>{t('accounts.remove_factor')}</Button>}
        {bound && <Button onPress={() => setStep('unbind')}>{t('accounts.unbind')}</Button>}
        {!bound && config.provider && <Button onPress={() => setStep('bind')}>{t('accounts.bind')}</Button>}
      </div>
      {step === 'bind' && <BindSheet id={id} name={name} onClose={() => setStep(null)} onDone={done} />}
      {step !== null && step !== 'bind' && <AskSheet id={id} step={step} name={name} onClose={() => setStep(null)} onDone={done} />}
    </section>
  );
}

interface StepProps {
  id: string;
  name: string;
  onClose: () => void;
  onDone: () => void;
}

function AskSheet({ id, step, name, onClose, onDone }: StepProps & { step: keyof typeof PATHS }) {
  const t = useText();
  const change = useChange();
  const action = { sessions: t('accounts.end_sessions'), second_factor: t('accounts.remove_factor'), unbind: t('accounts.unbind') }[step];
  async function send() {
    if ((await change.run(async () => (await remove(accountPath(id, PATHS[step]))) ?? true)) !== null) onDone();
  }
  return (
    <Sheet title={`${action} · ${name}`} isOpen onClose={onClose}>
      <p>{{ sessions: t('accounts.end_sessions_text'), second_factor: t('accounts.remove_factor_text'), unbind: t('accounts.unbind_text') }[step]}</p>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('action.cancel')}</Button>
        <Button look="primary" onPress={() => void send()} isDisabled={change.busy}>
          {action}
        </Button>
      </footer>
    </Sheet>
  );
}

function BindSheet({ id, name, onClose, onDone }: StepProps) {
  const t = useText();
  const { config } = useServices();
  const change = useChange();
  const [mark, setMark] = useState('');
  const byNumber = config.provider?.bind_by === 'preferred_username';
  async function send(event: React.FormEvent) {
    event.preventDefault();
    const body = byNumber ? { expected: mark } : { subject: mark };
    if ((await change.run(async () => (await put(accountPath(id, '/sign-in/identity'), body)) ?? true)) !== null) onDone();
  }
  return (
    <Sheet title={`${t('accounts.bind')} · ${name}`} isOpen onClose={onClose}>
      <form className="form" onSubmit={(event) => void send(event)} noValidate>
        <p>{t('accounts.bind_text')}</p>
        <Field label={t(byNumber ? 'accounts.bind_number' : 'accounts.bind_subject')} autoFocus mono autoComplete="off" value={mark} onChange={setMark} error={change.field('subject') ?? change.field('expected')} />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('accounts.bind')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
