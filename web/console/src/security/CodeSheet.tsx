/** Asks for a code before recovery codes are made anew, or the second factor is taken away. */

import { useState } from 'react';
import { post } from '../api/client';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';

export function CodeSheet({ kind, onClose, onCodes }: { kind: 'renew' | 'remove'; onClose: () => void; onCodes: (codes: string[]) => void }) {
  const t = useText();
  const change = useChange();
  const [code, setCode] = useState('');
  const renews = kind === 'renew';
  async function send(event: React.FormEvent) {
    event.preventDefault();
    const path = renews ? '/session/second-factor/recovery-codes' : '/session/second-factor/remove';
    const answer = await change.run(async () => (await post<{ codes: string[] } | undefined>(path, { code })) ?? { codes: [] });
    if (!answer) return setCode('');
    if (renews) onCodes(answer.codes);
    else onClose();
  }
  return (
    <Sheet title={t(renews ? 'security.renew_codes' : 'security.remove_factor_title')} isOpen onClose={onClose}>
      <form className="form" onSubmit={(event) => void send(event)} noValidate>
        <p>{t(renews ? 'security.renew_codes_text' : 'security.remove_factor_text')}</p>
        <Field label={t('security.code_or_recovery')} name="code" autoComplete="one-time-code" autoFocus mono value={code} onChange={setCode} />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !code.trim()}>
            {t(renews ? 'security.confirm' : 'security.remove_factor')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
