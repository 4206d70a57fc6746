/** Settles an order (办理结算): how, what it comes to while one chooses, and the step itself, which is made once. */

import { useDeferredValue, useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Field, Pick } from '../ui/kit';
import { sayError, Skeleton } from '../ui/states';
import type { Order } from '../trips/types';
import { yuan } from '../trips/words';
import { type Basis, type Settlement, usePreview } from './api';
import { Lines } from './Lines';
import { Parts } from './Parts';
import { CLASSES, hasOdometer, newSettleForm, toSettle } from './settle-form';

const BASES: Basis[] = ['tariff', 'expenses', 'time_share'];

export function SettleForm({ order, onSay }: { order: Order; onSay: (words: string) => void }) {
  const t = useText();
  const change = useChange();
  const isRead = hasOdometer(order);
  const [form, setForm] = useState(() => newSettleForm(order));
  const set = (part: Partial<typeof form>) => setForm((now) => ({ ...now, ...part }));
  const asked = useDeferredValue(toSettle(form, isRead));
  const preview = usePreview(order.id, asked);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const body = toSettle(form, isRead);
    if (!body) return;
    const made = await change.run((key) => post<Settlement>(`/dispatch-orders/${order.id}/settlement`, body, key));
    if (!made) return;
    const left = made.allowance ? ` ${t(made.allowance.warns ? 'settle.left_low' : 'settle.left', { left: yuan(made.allowance.left_fen) })}` : '';
    onSay(t('settle.done', { number: order.number, total: yuan(made.total_fen) }) + left);
  }
  return (
    <form className="settle-form" onSubmit={submit} noValidate>
      <div className="settle-fields">
        <Pick label={t('settle.basis')} choices={BASES.map((id) => ({ id, text: t(`settle.basis_${id}`) }))} value={form.basis} onChange={(basis) => set({ basis: basis as Basis })} error={change.field('basis')} />
        {form.basis === 'tariff' && (
          <>
            <Pick label={t('settle.area')} choices={(['outside', 'inside'] as const).map((id) => ({ id, text: t(`settle.area_${id}`) }))} value={form.area} onChange={(area) => set({ area: area as typeof form.area })} error={change.field('area')} />
            <Pick label={t('settle.class')} choices={[{ id: '', text: t('settle.class_by_seats', { n: order.seats }) }, ...CLASSES.map((id) => ({ id, text: t(`settle.class_${id}`) }))]} value={form.tariffClass} onChange={(tariffClass) => set({ tariffClass })} error={change.field('class')} />
            <Field label={t('settle.days')} inputMode="numeric" value={form.days} onChange={(days) => set({ days })} error={change.field('days_out_of_town')} autoComplete="off" />
            {!isRead && <Field label={t('settle.distance')} help={t('settle.distance_help')} inputMode="decimal" value={form.distance} onChange={(distance) => set({ distance })} error={change.field('distance_m')} autoComplete="off" />}
          </>
        )}
        {form.basis === 'time_share' && <Field label={t('settle.hour')} inputMode="decimal" value={form.hour} onChange={(hour) => set({ hour })} error={change.field('hour_fen')} autoComplete="off" />}
      </div>
      {asked === null ? (
        <p className="muted">{t('settle.incomplete')}</p>
      ) : preview.isError ? (
        <p className="notice notice-bad" role="alert">
          {sayError(preview.error)}
        </p>
      ) : preview.data ? (
        <>
          <Lines settlement={preview.data} />
          <Parts settlement={preview.data} />
        </>
      ) : (
        <Skeleton rows={3} />
      )}
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <footer className="dialog-foot">
        <Button look="primary" type="submit" icon="check" isDisabled={change.busy || asked === null || !preview.data || preview.isError}>
          {t('settle.settle', { total: preview.data && asked ? yuan(preview.data.total_fen) : '' })}
        </Button>
      </footer>
    </form>
  );
}
