/** Purchases and renewals (购置与更新): budgets, purchases gate by gate, and the cars that may be renewed. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useServices } from '../app/services';
import { errorText, useText } from '../i18n';
import { number, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Renewal, usePapers, useRenewals } from './api';
import { ApplySheet } from './ApplySheet';
import { BudgetSheet } from './BudgetSheet';
import { FormSheet } from './FormSheet';
import { LifePage } from './Page';
import { Papers } from './Papers';
import { lineOf } from './words';

type Form = { is: 'budget' } | { is: 'purchase' } | { is: 'renew'; car: Renewal } | null;

export default function PurchasesPage() {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const [form, setForm] = useState<Form>(null);
  const mayPropose = session.permissions.includes('propose_lifecycle');
  return (
    <LifePage
      name="purchases"
      views={['purchase', 'budget', 'renewal']}
      actions={(_view, say) => {
        const close = () => setForm(null);
        const done = (words: string) => {
          void queries.invalidateQueries({ queryKey: ['lifecycle'] });
          say(words);
          close();
        };
        const as = (paper: string) => done(t('life.handed_in_as', { number: paper }));
        return (
          <>
            {mayPropose && (
              <>
                <Button icon="plus" onPress={() => setForm({ is: 'budget' })}>
                  {t('life.budget')}
                </Button>
                <Button look="primary" icon="plus" onPress={() => setForm({ is: 'purchase' })}>
                  {t('life.purchase')}
                </Button>
              </>
            )}
            {form?.is === 'budget' && <BudgetSheet onClose={close} onDone={as} />}
            {form?.is === 'purchase' && <PurchaseSheet onClose={close} onDone={() => done(t('life.handed_in'))} />}
            {form?.is === 'renew' && <ApplySheet renewed={form.car} onClose={close} onDone={as} />}
          </>
        );
      }}
    >
      {(view, say, open) => (view === 'renewal' ? <Renewals onRenew={mayPropose ? (car) => setForm({ is: 'renew', car }) : null} onCar={open} /> : <Papers kind={view === 'budget' ? 'budget' : 'purchase'} onSaid={say} onCar={open} />)}
    </LifePage>
  );
}

/** Plans a purchase by an indicator whose money was granted. */
function PurchaseSheet({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const t = useText();
  const indicators = usePapers('indicator');
  const ready = (indicators.data?.items ?? []).filter((paper) => paper.state === 'reserved');
  const [chosen, setChosen] = useState('');
  if (indicators.isPending) return null;
  return (
    <FormSheet
      title={t('life.purchase')}
      path="/purchases"
      fields={[{ name: 'reason', kind: 'text' }]}
      above={
        <div className="form-wide" role="group" aria-label={t('life.field_indicator_id')}>
          {ready.length === 0 && <p className="muted">{t('life.none_reserved')}</p>}
          {ready.map((paper) => (
            <label key={paper.id} className="life-flag">
              <input type="radio" name="indicator" checked={chosen === paper.id} onChange={() => setChosen(paper.id)} /> {paper.number} {lineOf(paper, t)}
            </label>
          ))}
        </div>
      }
      body={(values) => ({ indicator_id: chosen || null, reason: values.reason })}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

function Renewals({ onRenew, onCar }: { onRenew: ((car: Renewal) => void) | null; onCar: (vehicle: string) => void }) {
  const t = useText();
  const list = useRenewals();
  if (list.isPending) return <Skeleton rows={6} kind="row" />;
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (list.data.items.length === 0) return <Empty title={t('life.none_renewal')} />;
  return (
    <section className="table-card" aria-label={t('life.view_renewal')}>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('life.view_renewal')}>
        <table>
          <thead>
            <tr>
              {['plate', 'unit_id', 'category', 'registered_on', 'odometer_km', 'renewal'].map((column) => (
                <th key={column} scope="col">
                  {t(`life.field_${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.data.items.map((car) => (
              <tr key={car.vehicle_id}>
                <th scope="row">
                  <Button look="quiet" onPress={() => onCar(car.vehicle_id)}>
                    {plate(car.plate)}
                  </Button>
                </th>
                <td>{car.unit_name}</td>
                <td>{t(`category.${car.category}`)}</td>
                <td className="num">{car.registered_on}</td>
                <td className="num">{number(car.odometer_km)}</td>
                <td>
                  {car.indicator_number ? (
                    t('life.renewed_by', { number: car.indicator_number })
                  ) : car.ground ? (
                    <>
                      {t(`life.ground_${car.ground}`)}{' '}
                      {onRenew && (
                        <Button look="quiet" onPress={() => onRenew(car)} aria-label={t('life.renew_of', { plate: car.plate })}>
                          {t('life.renew')}
                        </Button>
                      )}
                    </>
                  ) : (
                    <span className="muted">
                      {errorText(car.why_not ?? '')} {t('life.renewal_from', { day: car.renewal_from })}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
