/** What is done with a repair (维修单办理): asked for, quoted, decided, sent, taken back, settled. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { useCarsFound } from '../seals/api';
import { FindPick, type Found } from '../seals/FindPick';
import { useSuppliers } from '../suppliers/api';
import { yuan } from '../trips/words';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { type Repair, useVendors } from './api';
import { FormSheet } from './FormSheet';
import { fenOf, wholeOf } from './words';

interface Props {
  onClose: () => void;
  onDone: () => void;
}

/** Asks for a repair of a car. */
export function ProposeSheet({ onClose, onDone }: Props) {
  const t = useText();
  const [car, setCar] = useState<Found | null>(null);
  const kinds = ['repair', 'upkeep', 'accident'].map((id) => ({ id, text: t(`running.kind_${id}`) }));
  return (
    <FormSheet
      title={t('running.propose')}
      begin={{ kind: 'repair', what: '' }}
      fields={[{ name: 'what', sent: 'what', label: t('running.field_what') }]}
      extra={(form, set, change) => (
        <>
          <FindPick label={t('running.column_car')} help={t('running.find_car')} value={car} onChange={setCar} useFound={useCarsFound} error={change.field('vehicle_id')} />
          <Pick label={t('running.column_kind')} choices={kinds} value={form.kind ?? ''} onChange={set('kind')} error={change.field('kind')} />
        </>
      )}
      send={(form, key) => post<Repair>('/repair-orders', { vehicle_id: car?.id ?? '00000000-0000-0000-0000-000000000000', ...form }, key)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

/** Adds what a vendor would take. */
export function QuoteSheet({ repair, onClose, onDone }: Props & { repair: Repair }) {
  const t = useText();
  const vendors = useVendors(repair.unit_id);
  const suppliers = useSuppliers();
  const named = (vendors.data?.choices ?? []).filter((one) => one.service === 'repair');
  const others = (suppliers.data?.items ?? []).filter((one) => !named.some((known) => known.supplier_id === one.id));
  const choices = [
    ...named.map((one) => ({ id: one.supplier_id, text: t('running.vendor_named', { name: one.name, by: one.named_by }) })),
    ...others.map((one) => ({ id: one.id, text: t('running.vendor_other', { name: one.name }) })),
  ];
  return (
    <FormSheet
      title={t('running.quote_of', { number: repair.number })}
      begin={{ supplier: '', parts: '', labour: '', total: '', note: '' }}
      fields={[
        { name: 'parts', sent: 'parts_fen', label: t('running.field_parts'), number: true },
        { name: 'labour', sent: 'labour_fen', label: t('running.field_labour'), number: true },
        { name: 'total', sent: 'total_fen', label: t('running.field_total'), number: true },
        { name: 'note', sent: 'note', label: t('running.field_note') },
      ]}
      extra={(form, set, change) => <Pick label={t('running.column_vendor')} choices={choices} value={form.supplier ?? ''} onChange={set('supplier')} error={change.field('supplier_id')} />}
      send={(form, key) =>
        post<Repair>(
          `/repair-orders/${repair.id}/quotes`,
          {
            supplier_id: form.supplier || '00000000-0000-0000-0000-000000000000',
            parts_fen: fenOf(form.parts ?? '') ?? -1,
            labour_fen: fenOf(form.labour ?? '') ?? -1,
            total_fen: fenOf(form.total ?? '') ?? -1,
            note: form.note,
          },
          key,
        )
      }
      onClose={onClose}
      onDone={onDone}
    />
  );
}

/** Decides, sends, takes back or gives up. */
export function StepSheet({ repair, action, onClose, onDone }: Props & { repair: Repair; action: string }) {
  const t = useText();
  const quotes = repair.quotes.map((quote) => ({ id: quote.id, text: `${quote.vendor} ${yuan(quote.total_fen)}` }));
  const fields = {
    approve: [
      { name: 'exception_document', sent: 'exception_document', label: t('running.field_exception') },
      { name: 'reason', sent: 'reason', label: t('running.field_reason') },
    ],
    send: [{ name: 'odometer', sent: 'odometer_km', label: t('running.field_odometer'), number: true }],
    accept: [{ name: 'odometer', sent: 'odometer_km', label: t('running.field_odometer'), number: true }],
    extend: [],
  }[action] ?? [{ name: 'reason', sent: 'reason', label: t('running.field_reason') }];
  const hasUntil = action === 'send' || action === 'extend';
  return (
    <FormSheet
      title={t('running.step_of', { step: t(`running.step_${action}`), number: repair.number })}
      begin={{ quote: repair.quotes[0]?.id ?? '', until: '', reason: '', exception_document: '', odometer: '' }}
      fields={fields}
      extra={(form, set, change) => (
        <>
          {action === 'approve' && <Pick label={t('running.field_quote')} choices={quotes} value={form.quote ?? ''} onChange={set('quote')} error={change.field('quote_id') ?? change.field('decided_by')} />}
          {hasUntil && (
            <label className="field">
              <span>{t('running.field_until')}</span>
              <input type="datetime-local" className="input" value={form.until ?? ''} onChange={(event) => set('until')(event.target.value)} />
              {change.field('until') && <span className="field-error">{change.field('until')}</span>}
            </label>
          )}
        </>
      )}
      send={(form, key) =>
        post<Repair>(
          `/repair-orders/${repair.id}/steps`,
          {
            action,
            quote_id: action === 'approve' ? form.quote : null,
            exception_document: form.exception_document,
            reason: form.reason,
            until: hasUntil && form.until ? new Date(form.until).toISOString() : null,
            odometer_km: wholeOf(form.odometer ?? ''),
          },
          key,
        )
      }
      onClose={onClose}
      onDone={onDone}
    />
  );
}

interface Line {
  part: string;
  what: string;
  quantity: string;
  price: string;
}

/** Settles: line by line, and what the lines come to stands beside what the bill says. */
export function BillSheet({ repair, onClose, onDone }: Props & { repair: Repair }) {
  const t = useText();
  const change = useChange();
  const [lines, setLines] = useState<Line[]>([
    { part: 'parts', what: '', quantity: '1', price: '' },
    { part: 'labour', what: '', quantity: '1', price: '' },
  ]);
  const [total, setTotal] = useState('');
  const sum = (part: string) => lines.filter((line) => line.part === part).reduce((all, line) => all + (wholeOf(line.quantity) ?? 0) * (fenOf(line.price) ?? 0), 0);
  const set = (at: number, name: keyof Line) => (value: string) => setLines(lines.map((line, index) => (index === at ? { ...line, [name]: value } : line)));
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const body = {
      lines: lines.map((line) => ({ part: line.part, what: line.what, quantity: wholeOf(line.quantity) ?? 0, price_fen: fenOf(line.price) ?? 0 })),
      parts_fen: sum('parts'),
      labour_fen: sum('labour'),
      total_fen: fenOf(total) ?? 0,
    };
    if (await change.run((key) => post<Repair>(`/repair-orders/${repair.id}/settlement`, body, key))) onDone();
  }
  return (
    <Sheet title={t('running.step_of', { step: t('running.step_settle'), number: repair.number })} isOpen onClose={onClose} wide>
      <form className="form" onSubmit={submit} noValidate>
        {lines.map((line, at) => (
          <fieldset key={at} className="bill-line">
            <legend>{t(`running.part_${line.part}`)}</legend>
            <Field label={t('running.field_line')} value={line.what} onChange={set(at, 'what')} autoComplete="off" />
            <Field label={t('running.field_quantity')} value={line.quantity} onChange={set(at, 'quantity')} inputMode="numeric" />
            <Field label={t('running.field_price')} value={line.price} onChange={set(at, 'price')} inputMode="decimal" />
          </fieldset>
        ))}
        <p className="page-actions">
          {['parts', 'labour'].map((part) => (
            <Button key={part} look="quiet" icon="plus" onPress={() => setLines([...lines, { part, what: '', quantity: '1', price: '' }])}>
              {t(`running.part_${part}`)}
            </Button>
          ))}
        </p>
        {change.field('lines') && <span className="field-error">{change.field('lines')}</span>}
        <p className="num">{t('running.bill_sum', { parts: yuan(sum('parts')), labour: yuan(sum('labour')), total: yuan(sum('parts') + sum('labour')) })}</p>
        <Field label={t('running.field_total')} value={total} onChange={setTotal} error={change.field('total_fen')} inputMode="decimal" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('running.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
