/** Setting up a second factor (启用双因素验证): password, picture and first code, recovery codes. */

import { useState } from 'react';
import { post } from '../api/client';
import type { NewSecret } from '../api/types';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field } from '../ui/kit';
import { RecoveryCodes } from './RecoveryCodes';

export function SetUpSteps({ onDone, cancel }: { onDone: () => void; cancel: React.ReactNode }) {
  const t = useText();
  const change = useChange();
  const [password, setPassword] = useState('');
  const [secret, setSecret] = useState<NewSecret | null>(null);
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<string[] | null>(null);

  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;

  async function begin(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run(() => post<NewSecret>('/session/second-factor', { password }));
    if (made) setSecret(made);
  }
  async function confirm(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run(() => post<{ codes: string[] }>('/session/second-factor/confirm', { code }));
    if (made) setCodes(made.codes);
    else setCode('');
  }
  const alert = <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>;

  if (!secret) {
    return (
      <form className="form" onSubmit={(event) => void begin(event)} noValidate>
        <Field label={t('security.setup_password')} name="password" type="password" autoComplete="current-password" autoFocus value={password} onChange={setPassword} error={change.field('password')} />
        {alert}
        <footer className="dialog-foot">
          {cancel}
          <Button look="primary" type="submit" isDisabled={change.busy || !password}>
            {t('security.continue')}
          </Button>
        </footer>
      </form>
    );
  }
  return (
    <form className="form setup" onSubmit={(event) => void confirm(event)} noValidate>
      <p>{t('security.setup_scan')}</p>
      <svg className="qr" role="img" aria-label={t('security.qr')} viewBox={`0 0 ${secret.picture_side} ${secret.picture_side}`} shapeRendering="crispEdges">
        <path d={secret.picture_path} />
      </svg>
      <div className="setup-secret">
        <span className="muted">{t('security.setup_manual')}</span>
        <code className="mono" tabIndex={0} data-secret={secret.secret}>
          {secret.secret.replace(/(.{4})(?=.)/g, '$1 ')}
        </code>
      </div>
      <Field label={t('security.code')} help={t('security.code_help')} name="code" autoComplete="one-time-code" inputMode="numeric" autoFocus mono value={code} onChange={setCode} />
      {alert}
      <footer className="dialog-foot">
        {cancel}
        <Button look="primary" type="submit" isDisabled={change.busy || !code.trim()}>
          {t('security.confirm')}
        </Button>
      </footer>
    </form>
  );
}
