/** Papers of a car with a last day (证照登记): plans of upkeep, policies, inspections and licences. */

import { useState } from 'react';
import { post } from '../api/client';
import { DayField } from '../drivers/FileSheet';
import { useText } from '../i18n';
import { useCarsFound } from '../seals/api';
import { FindPick, type Found } from '../seals/FindPick';
import { useSuppliers } from '../suppliers/api';
import { Pick } from '../ui/kit';
import { FormSheet } from './FormSheet';
import { fenOf, wholeOf } from './words';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Keeps a paper of the kind that is asked for. */
export function PaperSheet({ kind, onClose, onDone }: { kind: 'plan' | 'policy' | 'inspection'; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const [car, setCar] = useState<Found | null>(null);
  const suppliers = useSuppliers();
  const vehicle_id = car?.id ?? NOBODY;
  const insurers = (suppliers.data?.items ?? []).map((one) => ({ id: one.id, text: one.name }));
  const kinds = (kind === 'policy' ? ['compulsory', 'commercial', 'other'] : ['inspection', 'licence']).map((id) => ({ id, text: t(`running.paper_${id}`) }));
  const field = (name: string, sent: string, number = false) => ({ name, sent, label: t(`running.field_${name}`), number });
  const fields = {
    plan: [field('item', 'item'), field('every_km', 'every_km', true), field('every_months', 'every_months', true), field('last_km', 'last_km', true)],
    policy: [field('number', 'number'), field('premium', 'premium_fen', true), field('exception', 'exception_document')],
    inspection: [field('place', 'place'), field('fee', 'fee_fen', true)],
  }[kind];
  const send = (form: Record<string, string>, key: string) => {
    const [first, last] = [form.first ?? '', form.last ?? ''];
    if (kind === 'plan') {
      const { item } = form;
      return post('/maintenance-plans', { vehicle_id, item, every_km: wholeOf(form.every_km ?? ''), every_months: wholeOf(form.every_months ?? ''), last_on: first, last_km: wholeOf(form.last_km ?? '') ?? 0 }, key);
    }
    if (kind === 'policy') {
      const { number } = form;
      return post('/policies', { vehicle_id, supplier_id: form.insurer || NOBODY, kind: form.kind, number, first, last, premium_fen: fenOf(form.premium ?? '') ?? 0, exception_document: form.exception }, key);
    }
    return post('/inspections', { vehicle_id, kind: form.kind, done_on: first, valid_until: last, place: form.place, fee_fen: form.fee ? (fenOf(form.fee) ?? 0) : null }, key);
  };
  return (
    <FormSheet
      title={t(`running.enter_${kind}`)}
      begin={{ kind: kinds[0]?.id ?? '', first: '', last: '', exception: '', place: '', fee: '' }}
      fields={fields}
      extra={(form, set, change) => (
        <>
          <FindPick label={t('running.column_car')} help={t('running.find_car')} value={car} onChange={setCar} useFound={useCarsFound} error={change.field('vehicle_id')} />
          {kind !== 'plan' && <Pick label={t('running.column_kind')} choices={kinds} value={form.kind ?? ''} onChange={set('kind')} error={change.field('kind')} />}
          {kind === 'policy' && <Pick label={t('running.field_insurer')} choices={insurers} value={form.insurer ?? ''} onChange={set('insurer')} error={change.field('supplier_id')} />}
          <DayField label={t(`running.field_${kind === 'plan' ? 'last_on' : 'first'}`)} value={form.first ?? ''} onChange={set('first')} error={change.field('first') ?? change.field('done_on')} />
          {kind !== 'plan' && <DayField label={t('running.field_last')} value={form.last ?? ''} onChange={set('last')} error={change.field('last') ?? change.field('valid_until')} />}
        </>
      )}
      send={send}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
