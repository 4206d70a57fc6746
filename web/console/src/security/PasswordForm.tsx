/** Choosing another password (更改密码): the rules stand beside it and are ticked off while one types. */

import { useState } from 'react';
import { ApiError, post } from '../api/client';
import type { Security, Session } from '../api/types';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Icon } from '../ui/icon';
import { Button, Field } from '../ui/kit';

interface Props {
  login: string;
  policy: Security['password'];
  submit: string;
  cancel: React.ReactNode;
  onDone: (session: Session) => void;
}

interface Rule {
  text: string;
  /** Undefined where only the service can tell. */
  met: boolean | undefined;
}

export function PasswordForm({ login, policy, submit, cancel, onDone }: Props) {
  const t = useText();
  const change = useChange();
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [faults, setFaults] = useState<string[]>([]);
  const differs = tried && fresh !== again;

  async function send(event: React.FormEvent) {
    event.preventDefault();
    setTried(true);
    setFaults([]);
    if (!old || !fresh || fresh !== again) return;
    const session = await change.run(async () => {
      try {
        return await post<Session>('/session/password', { old_password: old, new_password: fresh });
      } catch (error) {
        if (error instanceof ApiError) setFaults((error.problem.problems ?? []).map((one) => one.title));
        throw error;
      }
    });
    if (session) onDone(session);
  }

  const rules: Rule[] = [
    { text: t('security.rule_length', { min: policy.min_characters, max: policy.max_characters }), met: lengthFits(fresh, policy) },
    { text: t('security.rule_kinds', { kinds: policy.min_kinds }), met: kinds(fresh) >= policy.min_kinds },
    { text: t('security.rule_login'), met: fresh !== '' && !containsLogin(login, fresh) },
    { text: t('security.rule_common'), met: undefined },
    ...(policy.not_reused > 0 ? [{ text: t('security.rule_reused', { count: policy.not_reused }), met: undefined }] : []),
  ];
  return (
    <form className="form" onSubmit={(event) => void send(event)} noValidate>
      <input type="text" name="username" autoComplete="username" value={login} readOnly hidden />
      <Field
        label={t('security.old_password')}
        name="old_password"
        type="password"
        autoComplete="current-password"
        autoFocus
        value={old}
        onChange={setOld}
        error={change.field('old_password') ?? (tried && !old ? t('login.password_missing') : undefined)}
      />
      <Field
        label={t('security.new_password')}
        name="new_password"
        type="password"
        autoComplete="new-password"
        value={fresh}
        onChange={setFresh}
        error={faults.join(' ') || change.field('new_password') || (tried && !fresh ? t('login.password_missing') : undefined)}
      />
      <Field
        label={t('security.repeat_password')}
        name="repeat_password"
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={setAgain}
        error={differs ? t('security.repeat_differs') : undefined}
      />
      <section className="rules" aria-label={t('security.rules')}>
        <p className="muted">{t('security.rules')}</p>
        <ul>
          {rules.map((rule) => (
            <li key={rule.text} data-met={rule.met ? true : undefined}>
              <Icon name={rule.met ? 'check' : 'minus'} size={14} />
              <span>{rule.text}</span>
              {rule.met !== undefined && <span className="visually-hidden">{t(rule.met ? 'security.rule_met' : 'security.rule_unmet')}</span>}
            </li>
          ))}
        </ul>
      </section>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <footer className="dialog-foot">
        {cancel}
        <Button look="primary" type="submit" isDisabled={change.busy}>
          {submit}
        </Button>
      </footer>
    </form>
  );
}

function lengthFits(text: string, policy: Props['policy']): boolean {
  const length = [...text].length;
  return length >= policy.min_characters && length <= policy.max_characters;
}

/** As the service counts them: lower case, upper case, digits, and all else. */
export function kinds(text: string): number {
  return [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{Ll}\p{Lu}\p{N}]/u].filter((kind) => kind.test(text)).length;
}

export function containsLogin(login: string, text: string): boolean {
  const [name, folded] = [login.toLowerCase(), text.toLowerCase()];
  const reversed = [...name].reverse().join('');
  return name.length < 3 ? folded === name || folded === reversed : folded.includes(name) || folded.includes(reversed);
}
