/** What is done about a case (案件办理), in words where that is asked. */

import { useState } from 'react';
import { useChange } from '../../admin/use-change';
import { post } from '../../api/client';
import { useText } from '../../i18n';
import { Button, Field, Sheet } from '../../ui/kit';

interface StepProps {
  path: string;
  number: string;
  move: string;
  onClose: () => void;
  onDone: () => void;
}

/** Fields of the case that a move may lack: they are written on the case itself. */
const LACKING = ['insurer', 'policy_number', 'claim_number', 'liability'];

export function StepSheet({ path, number, move, onClose, onDone }: StepProps) {
  const t = useText();
  const change = useChange();
  const [text, setText] = useState('');
  const lacks = LACKING.map((name) => change.field(name)).filter(Boolean);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (await change.run((key) => post<{ id: string }>(path, { action: move, text }, key))) onDone();
  }
  return (
    <Sheet title={`${t(`incidents.move_${move}`)} · ${number}`} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Field label={t('incidents.field_text')} autoFocus value={text} onChange={setText} error={change.field('text')} autoComplete="off" />
        <div role="alert">{[change.error, ...lacks].filter(Boolean).map((words) => <p key={words} className="notice notice-bad">{words}</p>)}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t(`incidents.move_${move}`)}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
