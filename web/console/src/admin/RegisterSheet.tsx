/** Registers a terminal (登记终端). */

import { useState } from 'react';
import { post } from '../api/client';
import type { NewDevice } from '../api/types';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { useChange } from './use-change';

export function RegisterSheet({ onClose, onMade }: { onClose: () => void; onMade: (made: NewDevice) => void }) {
  const t = useText();
  const change = useChange();
  const [terminal, setTerminal] = useState('');
  const [model, setModel] = useState('motorpool-bridge');

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run((key) => post<NewDevice>('/devices', { terminal_id: terminal.trim(), model: model.trim() }, key));
    if (made) onMade(made);
  }
  return (
    <Sheet title={t('devices.register')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Field label={t('devices.terminal')} help={t('devices.terminal_help')} mono autoFocus value={terminal} onChange={setTerminal} error={change.field('terminal_id')} autoComplete="off" />
        <Field label={t('devices.model')} help={t('devices.model_help')} value={model} onChange={setModel} error={change.field('model')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !terminal.trim()}>
            {t('devices.register')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
