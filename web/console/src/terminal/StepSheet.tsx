/** One step with a terminal that wants a reason (须填事由): out of its vehicle, register again, new secret, out of use. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button, Field, Sheet } from '../ui/kit';
import { step as take, type Terminal, type TerminalDetail, type TerminalMade } from './api';

export type Step = 'unbinding' | 'registration' | 'secret' | 'disable' | 'enable';

interface StepProps {
  step: Step;
  detail: TerminalDetail;
  onClose: () => void;
  onDone: (answer: Terminal | TerminalMade) => void;
}

export function StepSheet({ step, detail, onClose, onDone }: StepProps) {
  const t = useText();
  const change = useChange();
  const [reason, setReason] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const [what, body] = step === 'disable' || step === 'enable' ? ['use', { disabled: step === 'disable', reason }] : [step, { reason }];
    const answer = await change.run((key) => take<Terminal | TerminalMade>(detail.id, what as string, body as object, key));
    if (answer === null) return;
    onDone(answer);
    onClose();
  }
  return (
    <Sheet title={t(`terminal.step_${step}`, { terminal: detail.terminal_id })} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <p>{t(`terminal.step_${step}_text`, { plate: detail.plate ? plate(detail.plate) : '' })}</p>
        <Field label={t('terminal.reason')} help={t('terminal.reason_help')} autoFocus value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t(`terminal.step_${step}_do`)}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
