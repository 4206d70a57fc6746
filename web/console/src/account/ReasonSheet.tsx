/** One step that wants a reason (须填事由). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';

interface ReasonProps<T> {
  title: string;
  text: string;
  action: string;
  send: (reason: string, key: string) => Promise<T>;
  onClose: () => void;
  onDone: (answer: T) => void;
}

export function ReasonSheet<T>({ title, text, action, send, onClose, onDone }: ReasonProps<T>) {
  const t = useText();
  const change = useChange();
  const [reason, setReason] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const answer = await change.run((key) => send(reason, key));
    if (answer !== null) onDone(answer);
  }
  return (
    <Sheet title={title} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <p>{text}</p>
        <Field label={t('terminal.reason')} help={t('terminal.reason_help')} autoFocus value={reason} onChange={setReason} error={change.field('reason') ?? change.field('id')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {action}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
