/** Security of one's own account (安全设置): password, second factor, where it is signed in. */

import '../styles/admin.css';
import '../styles/security.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { setCsrfToken } from '../api/client';
import type { Security, Session } from '../api/types';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { dateTime } from '../ui/format';
import { Button, Sheet } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { CodeSheet } from './CodeSheet';
import { PasswordForm } from './PasswordForm';
import { RecoveryCodes } from './RecoveryCodes';
import { SessionsTable } from './SessionsTable';
import { SetUpSteps } from './SetUpSteps';
import { useSecurity } from './queries';

type Open = { kind: 'password' | 'set_up' | 'renew' | 'remove' } | { kind: 'codes'; codes: string[] } | null;

export default function SecurityPage() {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const security = useSecurity();
  const [open, setOpen] = useState<Open>(null);
  const [done, setDone] = useState('');
  const close = () => {
    setOpen(null);
    void queries.invalidateQueries({ queryKey: ['security'] });
  };
  const changed = (next: Session) => {
    // Another session took this one's place.
    setCsrfToken(next.csrf_token);
    queries.setQueryData(['session'], next);
    void queries.invalidateQueries({ queryKey: ['sessions'] });
    setDone(t('security.password_changed'));
    close();
  };
  const cancel = <Button onPress={close}>{t('action.cancel')}</Button>;
  return (
    <main id="main" tabIndex={-1} className="page security">
      <header className="page-head">
        <div>
          <h1>{t('security.title')}</h1>
          <p className="muted">{t('security.lead')}</p>
        </div>
      </header>
      <div role="status">{done && <p className="notice notice-good">{done}</p>}</div>
      {security.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : security.isError ? (
        <Failed error={security.error} retry={() => void security.refetch()} />
      ) : (
        <div className="security-cards">
          <PasswordCard security={security.data} onChange={() => setOpen({ kind: 'password' })} />
          {security.data.password.is_set && <FactorCard security={security.data} onOpen={(kind) => setOpen({ kind })} />}
        </div>
      )}
      <SessionsTable />
      {open?.kind === 'password' && security.data && (
        <Sheet title={t('security.change_password')} isOpen onClose={close}>
          <PasswordForm login={session.account.login} policy={security.data.password} submit={t('security.change_password')} cancel={cancel} onDone={changed} />
        </Sheet>
      )}
      {open?.kind === 'set_up' && (
        <Sheet title={t('security.setup_title')} isOpen onClose={close} firm>
          <SetUpSteps onDone={close} cancel={cancel} />
        </Sheet>
      )}
      {(open?.kind === 'renew' || open?.kind === 'remove') && (
        <CodeSheet kind={open.kind} onClose={close} onCodes={(codes) => setOpen({ kind: 'codes', codes })} />
      )}
      {open?.kind === 'codes' && (
        <Sheet title={t('security.renew_codes')} isOpen onClose={close} firm>
          <RecoveryCodes codes={open.codes} onDone={close} />
        </Sheet>
      )}
    </main>
  );
}

function PasswordCard({ security, onChange }: { security: Security; onChange: () => void }) {
  const t = useText();
  const { password, identity } = security;
  return (
    <section className="security-card" aria-labelledby="security-password">
      <h2 id="security-password">{t(password.is_set ? 'security.password' : 'security.identity')}</h2>
      {password.is_set ? (
        <>
          <p>{t('security.password_set', { date: dateTime(password.changed_at) })}</p>
          {password.expires_at && <p className="muted">{t('security.password_due', { date: dateTime(password.expires_at) })}</p>}
          <footer>
            <Button onPress={onChange}>{t('security.change_password')}</Button>
          </footer>
        </>
      ) : (
        <>
          <p>{t('security.password_none')}</p>
          {identity && <p className="muted">{t('security.identity_text', { issuer: identity.issuer, subject: identity.expected ?? identity.subject })}</p>}
        </>
      )}
    </section>
  );
}

function FactorCard({ security, onOpen }: { security: Security; onOpen: (kind: 'set_up' | 'renew' | 'remove') => void }) {
  const t = useText();
  const factor = security.second_factor;
  return (
    <section className="security-card" aria-labelledby="security-factor">
      <h2 id="security-factor">{t('security.second_factor')}</h2>
      <p>{t(factor.is_set_up ? 'security.second_factor_on' : 'security.second_factor_off')}</p>
      {factor.is_required && <p className="muted">{t('security.second_factor_required')}</p>}
      {factor.is_set_up && <p className="muted">{t('security.codes_left', { count: factor.recovery_codes_left })}</p>}
      <footer>
        {factor.is_set_up ? (
          <>
            <Button onPress={() => onOpen('renew')}>{t('security.renew_codes')}</Button>
            {!factor.is_required && (
              <Button look="quiet" onPress={() => onOpen('remove')}>
                {t('security.remove_factor')}
              </Button>
            )}
          </>
        ) : (
          <Button look="primary" onPress={() => onOpen('set_up')}>
            {t('security.set_up')}
          </Button>
        )}
      </footer>
    </section>
  );
}
