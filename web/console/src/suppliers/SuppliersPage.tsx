/** Suppliers of rented and time-share cars (供应商): who they are, on which terms, with which cars, and what people say of them. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/drivers.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { ApiError, post } from '../api/client';
import { useText } from '../i18n';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Contract, priceText, starsText, type Supplier, useSuppliers } from './api';
import { CarSheet } from './CarSheet';
import { ContractSheet } from './ContractSheet';
import { LastDaySheet } from './LastDaySheet';
import { SupplierSheet } from './SupplierSheet';

type Step = { is: 'enter' } | { is: 'sign'; supplier: Supplier } | { is: 'car' | 'end'; contract: Contract } | { is: 'return'; vehicle: string; plate: string };

export default function SuppliersPage() {
  const t = useText();
  const queries = useQueryClient();
  const list = useSuppliers();
  const change = useChange();
  const [step, setStep] = useState<Step | null>(null);
  const [said, setSaid] = useState('');
  const close = () => setStep(null);
  const done = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['suppliers'] });
    setSaid(words);
    close();
  };
  async function retire(supplier: Supplier) {
    const retired = await change.run(() => post<Supplier>(`/suppliers/${supplier.id}/retirement`, null));
    if (retired) done(t('suppliers.retired_done', { name: supplier.name }));
  }
  return (
    <main id="main" tabIndex={-1} className="page devices terminals">
      <header className="page-head">
        <div>
          <h1>{t('suppliers.title')}</h1>
          <p className="muted">{t('suppliers.lead')}</p>
        </div>
        {list.data?.may_change && (
          <div className="page-actions">
            <Button look="primary" icon="plus" onPress={() => setStep({ is: 'enter' })}>
              {t('suppliers.enter')}
            </Button>
          </div>
        )}
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      {list.isPending ? (
        <Skeleton rows={8} kind="row" />
      ) : !list.data ? (
        list.error instanceof ApiError && list.error.status === 403 ? (
          <Empty title={t('suppliers.forbidden')} />
        ) : (
          <Failed error={list.error} retry={() => void list.refetch()} />
        )
      ) : list.data.items.length === 0 ? (
        <Empty title={t('suppliers.none')} />
      ) : (
        list.data.items.map((supplier) => (
          <section key={supplier.id} className="table-card" aria-label={supplier.name}>
            <div className="table-tools">
              <p>
                <strong>{supplier.name}</strong> <span className="num">{starsText(supplier)}</span>{' '}
                <span className="muted">{t('suppliers.line', { unit: supplier.unit_name, contact: supplier.contact, phone: supplier.phone, trips: supplier.trips })}</span>
                {supplier.retired_at && <span className="state driver-left">{t('suppliers.retired')}</span>}
              </p>
              {list.data.may_change && !supplier.retired_at && (
                <p className="page-actions">
                  <Button icon="plus" onPress={() => setStep({ is: 'sign', supplier })}>
                    {t('suppliers.sign')}
                  </Button>
                  <Button look="quiet" isDisabled={change.busy} onPress={() => void retire(supplier)}>
                    {t('suppliers.retire')}
                  </Button>
                </p>
              )}
            </div>
            <Contracts supplier={supplier} step={list.data.may_change ? setStep : null} />
          </section>
        ))
      )}
      {step?.is === 'enter' && <SupplierSheet onClose={close} onDone={(made) => done(t('suppliers.entered', { name: made.name }))} />}
      {step?.is === 'sign' && <ContractSheet supplier={step.supplier} onClose={close} onDone={() => done(t('suppliers.signed'))} />}
      {step?.is === 'car' && <CarSheet contract={step.contract} onClose={close} onDone={(plate) => done(t('suppliers.car_added', { plate }))} />}
      {step?.is === 'end' && (
        <LastDaySheet title={t('suppliers.end_of', { number: step.contract.number })} path={`/supplier-contracts/${step.contract.id}/ending`} onClose={close} onDone={() => done(t('suppliers.ended'))} />
      )}
      {step?.is === 'return' && (
        <LastDaySheet title={t('suppliers.return_of', { plate: step.plate })} path={`/supplier-cars/${step.vehicle}/return`} onClose={close} onDone={() => done(t('suppliers.returned_done', { plate: step.plate }))} />
      )}
    </main>
  );
}

function Contracts({ supplier, step }: { supplier: Supplier; step: ((step: Step) => void) | null }) {
  const t = useText();
  if (supplier.contracts.length === 0) return <Empty title={t('suppliers.no_contracts')} />;
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('suppliers.contracts_of', { name: supplier.name })}>
      <table>
        <thead>
          <tr>
            {['number', 'kind', 'price', 'span', 'cars'].map((column) => (
              <th key={column} scope="col">
                {t(`suppliers.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {supplier.contracts.map((contract) => (
            <tr key={contract.id}>
              <th scope="row">
                {contract.number} <small className="muted">{contract.unit_name}</small>
              </th>
              <td>
                {t(`suppliers.kind_${contract.kind}`)} <small className="muted">{contract.classes.map((name) => t(`suppliers.class_${name}`)).join('、')}</small>
              </td>
              <td className="num">{priceText(contract, t)}</td>
              <td className="num">
                {contract.first} – {contract.last}
              </td>
              <td>
                {contract.cars.map((car) => (
                  <p key={car.vehicle_id}>
                    <span className="mono">{car.plate}</span> {car.model} <span className="muted">{t(`suppliers.power_${car.powertrain}`)}</span>{' '}
                    {car.returned_on ? (
                      <span className="muted num">{t('suppliers.returned_on', { on: car.returned_on })}</span>
                    ) : (
                      step && (
                        <Button look="quiet" onPress={() => step({ is: 'return', vehicle: car.vehicle_id, plate: car.plate })} aria-label={t('suppliers.return_of', { plate: car.plate })}>
                          {t('suppliers.return')}
                        </Button>
                      )
                    )}
                  </p>
                ))}
                {step && (
                  <p>
                    <Button look="quiet" icon="plus" onPress={() => step({ is: 'car', contract })}>
                      {t('suppliers.add_car')}
                    </Button>
                    <Button look="quiet" onPress={() => step({ is: 'end', contract })}>
                      {t('suppliers.end')}
                    </Button>
                  </p>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
