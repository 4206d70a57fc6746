/** Says the last day of a contract, or of a car that goes back (终止合同、退还车辆). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { DayField } from '../drivers/FileSheet';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import type { Supplier } from './api';

export function LastDaySheet({ title, path, onClose, onDone }: { title: string; path: string; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const [last, setLast] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!last) return;
    if (await change.run((key) => post<Supplier>(path, { last }, key))) onDone();
  }
  return (
    <Sheet title={title} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <DayField label={t('suppliers.field_last')} value={last} onChange={setLast} error={change.field('last')} />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !last}>
            {t('suppliers.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
