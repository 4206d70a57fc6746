/** What has to be done between a right password and the work (登录待办): a code, another password, a second factor. */

import '../styles/security.css';
import { useState } from 'react';
import { post } from '../api/client';
import type { Session } from '../api/types';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { PasswordForm } from '../security/PasswordForm';
import { SetUpSteps } from '../security/SetUpSteps';
import { useSecurity } from '../security/queries';
import { Button, Field } from '../ui/kit';
import { Skeleton } from '../ui/states';
import { LoginFrame } from './LoginFrame';

interface Props {
  session: Session;
  onDone: (session: Session) => void;
  onSignOut: () => void;
  /** The session may have changed: it is asked for anew. */
  onStale: () => void;
}

export default function PendingPage({ session, onDone, onSignOut, onStale }: Props) {
  const t = useText();
  const out = (
    <Button look="quiet" onPress={onSignOut}>
      {t('account.sign_out')}
    </Button>
  );
  if (session.pending === 'code') return <CodeStep session={session} onDone={onDone} out={out} />;
  if (session.pending === 'password') return <PasswordStep session={session} onDone={onDone} out={out} />;
  return (
    <LoginFrame title={t('security.setup_title')} subtitle={session.account.display_name} wide>
      <p className="notice">{t('security.setup_due')}</p>
      <SetUpSteps onDone={onStale} cancel={out} />
    </LoginFrame>
  );
}

function CodeStep({ session, onDone, out }: { session: Session; onDone: (session: Session) => void; out: React.ReactNode }) {
  const t = useText();
  const change = useChange();
  const [code, setCode] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!code.trim()) return;
    const next = await change.run(() => post<Session>('/session/code', { code }));
    if (next) onDone(next);
    else setCode('');
  }
  return (
    <LoginFrame title={t('security.code_title')} subtitle={session.account.display_name}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <p>{t('security.code_text', { product: 'Motorpool' })}</p>
        <Field label={t('security.code_or_recovery')} name="code" autoComplete="one-time-code" autoFocus mono value={code} onChange={setCode} />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <Button look="primary" type="submit" isDisabled={change.busy}>
          {t('security.confirm')}
        </Button>
        {out}
      </form>
      <p className="login-note">{t('security.code_lost')}</p>
    </LoginFrame>
  );
}

function PasswordStep({ session, onDone, out }: { session: Session; onDone: (session: Session) => void; out: React.ReactNode }) {
  const t = useText();
  const security = useSecurity();
  return (
    <LoginFrame title={t('security.due_title')} subtitle={session.account.display_name}>
      {!security.data ? (
        <Skeleton rows={4} />
      ) : (
        <>
          <p className="notice">{t(security.data.password.is_temporary ? 'security.due_temporary' : 'security.due_old')}</p>
          <PasswordForm login={session.account.login} policy={security.data.password} submit={t('security.save_password')} cancel={out} onDone={onDone} />
        </>
      )}
    </LoginFrame>
  );
}
