/** Opens a seal (启封): whoever is signed in approves it, somebody else carries it out. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { plate } from '../ui/format';
import { Button, Field, Sheet } from '../ui/kit';
import { type Seal, usePeopleFound } from './api';
import { FindPick, type Found } from './FindPick';
import { reading } from './PutSheet';

export function OpenSheet({ seal, onClose, onDone }: { seal: Seal; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const { session } = useServices();
  const change = useChange();
  const [handler, setHandler] = useState<Found | null>(null);
  const [reason, setReason] = useState('');
  const [odometer, setOdometer] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!handler) return;
    const body = { handler_id: handler.id, odometer_km: reading(odometer), reason };
    if (await change.run((key) => post<Seal>(`/seals/${seal.id}/opening`, body, key))) onDone();
  }
  return (
    <Sheet title={t('seals.open_of', { plate: plate(seal.plate) })} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <p>{t('seals.you_approve', { name: session.account.display_name })}</p>
        <FindPick label={t('seals.field_handler')} help={t('seals.person_help')} value={handler} onChange={setHandler} useFound={usePeopleFound} error={change.field('handler_id')} />
        <Field label={t('seals.field_reason')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        <Field label={t('seals.field_odometer')} inputMode="decimal" value={odometer} onChange={setOdometer} error={change.field('odometer_km')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !handler}>
            {t('seals.open')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
