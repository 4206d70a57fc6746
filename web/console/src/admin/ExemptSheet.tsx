/** Takes a car out of tracking by law, or ends that (免定位): the decision, and those before it. */

import '../styles/admin.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../api/client';
import type { Exemption, ExemptionBasis, Items, VehicleSummary } from '../api/types';
import { useText } from '../i18n';
import { dateTime, plate } from '../ui/format';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { useChange } from './use-change';

const BASES: ExemptionBasis[] = ['state_security', 'investigation', 'other_secret'];

export default function ExemptSheet({ vehicle, onClose }: { vehicle: VehicleSummary; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const change = useChange();
  const [basis, setBasis] = useState('');
  const [document, setDocument] = useState('');
  const [reason, setReason] = useState('');
  const path = `/vehicles/${encodeURIComponent(vehicle.id)}/exemptions`;
  const step = vehicle.exempt ? 'end' : 'begin';

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const papers = { document: document.trim(), reason: reason.trim() };
    const done = await change.run((key) => (vehicle.exempt ? post(`${path}/end`, papers, key) : post(path, { basis, ...papers }, key)));
    if (done === null) return;
    await Promise.all(['vehicle', 'vehicles', 'exemptions'].map((name) => client.invalidateQueries({ queryKey: [name] })));
    onClose();
  }
  return (
    <Sheet title={t(`exempt.${step}_title`, { plate: plate(vehicle.plate) })} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <p>{t(`exempt.${step}_text`)}</p>
        {!vehicle.exempt && (
          <Pick
            label={t('exempt.basis')}
            placeholder={t('exempt.choose')}
            choices={BASES.map((id) => ({ id, text: t(`exempt.basis_${id}`) }))}
            value={basis || null}
            onChange={setBasis}
            error={change.field('basis')}
          />
        )}
        <Field label={t('exempt.document')} value={document} onChange={setDocument} error={change.field('document')} autoComplete="off" />
        <Field label={t('exempt.reason')} help={t('exempt.reason_help')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <Before path={path} vehicle={vehicle.id} />
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t(`exempt.${step}`)}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

/** The exemptions so far, newest first. */
function Before({ path, vehicle }: { path: string; vehicle: string }) {
  const t = useText();
  const known = useQuery({ queryKey: ['exemptions', vehicle], queryFn: ({ signal }) => get<Items<Exemption>>(path, {}, signal) });
  const items = known.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label={t('exempt.history')}>
      <h3>{t('exempt.history')}</h3>
      <dl className="facts">
        {items.map((one) => (
          <div key={one.id}>
            <dt className="num">{t('exempt.history_line', { from: dateTime(one.from), to: one.ended_at ? dateTime(one.ended_at) : t('exempt.history_now') })}</dt>
            <dd>{[t(`exempt.basis_${one.basis}`), one.document, one.end_document].filter(Boolean).join(' · ')}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
