/** Establishment and indicators (编制与指标): the ledger by unit and category, its changes, and what breaks Art. 26. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useServices } from '../app/services';
import { followLink, setParams, usePlace as useAddress } from '../app/route';
import { useText } from '../i18n';
import { dateTime, plate } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Breaches, CATEGORIES, type Sum, useBoard, useBreaches, usePlace } from './api';
import { ApplySheet } from './ApplySheet';
import { CHANGE } from './forms';
import { FormSheet } from './FormSheet';
import { LifePage } from './Page';
import { Papers } from './Papers';
import { rowsOf, yuanText } from './words';

export default function EstablishmentPage() {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const [form, setForm] = useState<'change' | 'apply' | null>(null);
  const mayPropose = session.permissions.includes('propose_lifecycle');
  const account = session.account;
  return (
    <LifePage
      name="establishment"
      views={['ledger', 'indicator', 'change', 'breach']}
      actions={(_view, say) => {
        const done = (words: string) => {
          void queries.invalidateQueries({ queryKey: ['lifecycle'] });
          say(words);
          setForm(null);
        };
        return (
          <>
            {session.permissions.includes('manage_fleet') && (
              <a className="button button-plain" href="/admin/units?tab=import" onClick={followLink}>
                <Icon name="download" size={16} />
                {t('life.import_register')}
              </a>
            )}
            {mayPropose && (
              <>
                <Button icon="plus" onPress={() => setForm('change')}>
                  {t('life.propose_change')}
                </Button>
                <Button look="primary" icon="plus" onPress={() => setForm('apply')}>
                  {t('life.apply')}
                </Button>
              </>
            )}
            {form === 'change' && (
              <FormSheet
                title={t('life.propose_change')}
                path="/establishment/changes"
                fields={CHANGE}
                given={{ unit_id: account.unit_id }}
                units={{ unit_id: { id: account.unit_id, name: account.unit_name } }}
                onClose={() => setForm(null)}
                onDone={() => done(t('life.handed_in'))}
              />
            )}
            {form === 'apply' && <ApplySheet renewed={null} onClose={() => setForm(null)} onDone={(number) => done(t('life.handed_in_as', { number }))} />}
          </>
        );
      }}
    >
      {(view, say, open) =>
        view === 'ledger' ? <Ledger onCar={open} /> : view === 'breach' ? <BreachLists onCar={open} /> : <Papers kind={view === 'change' ? 'establishment' : 'indicator'} onSaid={say} onCar={open} />
      }
    </LifePage>
  );
}

function Ledger({ onCar }: { onCar: (vehicle: string) => void }) {
  const t = useText();
  const { params } = useAddress();
  const board = useBoard(params.get('unit'));
  const [place, setPlace] = useState<Sum | null>(null);
  if (board.isPending) return <Skeleton rows={6} kind="row" />;
  if (!board.data) return <Failed error={board.error} retry={() => void board.refetch()} />;
  const { total, alone, below, unit_name, parent_id } = board.data;
  const shown = CATEGORIES.filter((category) => total.some((sum) => sum.category === category));
  const rows = [
    ...rowsOf(total).map((row) => ({ ...row, key: 'total', name: t('life.total_of', { unit: unit_name }), to: null, drills: false })),
    ...rowsOf(alone).map((row) => ({ ...row, key: 'alone', name: t('life.alone', { unit: unit_name }), to: null, drills: true })),
    ...rowsOf(below).map((row) => ({ ...row, key: row.unit_id, name: row.unit_name, to: row.unit_id, drills: !row.has_below })),
  ];
  return (
    <section className="table-card" aria-label={t('life.view_ledger')}>
      <div className="table-tools">
        <p>
          <strong>{unit_name}</strong>
        </p>
        {parent_id && (
          <Button look="quiet" icon="left" onPress={() => setParams({ unit: parent_id })}>
            {t('life.up')}
          </Button>
        )}
      </div>
      {total.length === 0 ? (
        <Empty title={t('life.none_ledger')} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t('life.view_ledger')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('life.field_unit_id')}</th>
                {shown.map((category) => (
                  <th key={category} scope="col">
                    {t(`category.${category}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key}>
                  <th scope="row">
                    {row.to ? (
                      <Button look="quiet" onPress={() => setParams({ unit: row.to })}>
                        {row.name}
                      </Button>
                    ) : (
                      row.name
                    )}
                  </th>
                  {shown.map((category) => (
                    <td key={category} className="num">
                      <Cell sum={row.cells.get(category)} onOpen={row.drills ? setPlace : null} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {place && <PlaceSheet sum={place} onClose={() => setPlace(null)} onCar={onCar} />}
    </section>
  );
}

/** `编制 3 / 实有 2`, with what is promised, vacant or over. */
function Cell({ sum, onOpen }: { sum?: Sum; onOpen: ((sum: Sum) => void) | null }) {
  const t = useText();
  if (!sum) return <span className="muted">—</span>;
  const words = t('life.cell', { authorised: sum.authorised, held: sum.held });
  return (
    <>
      {onOpen ? (
        <Button look="quiet" onPress={() => onOpen(sum)} aria-label={`${sum.unit_name} ${t(`category.${sum.category}`)} ${words}`}>
          {words}
        </Button>
      ) : (
        words
      )}
      {sum.over > 0 && <span className="state life-bad">{t('life.over', { count: sum.over })}</span>}
      {sum.promised > 0 && <span className="muted"> {t('life.promised', { count: sum.promised })}</span>}
      {sum.vacant > 0 && <span className="muted"> {t('life.vacant', { count: sum.vacant })}</span>}
    </>
  );
}

function PlaceSheet({ sum, onClose, onCar }: { sum: Sum; onClose: () => void; onCar: (vehicle: string) => void }) {
  const t = useText();
  const place = usePlace(sum.unit_id, sum.category);
  return (
    <Sheet title={`${sum.unit_name} · ${t(`category.${sum.category}`)}`} isOpen onClose={onClose} wide>
      {place.isPending ? (
        <Skeleton rows={4} />
      ) : !place.data ? (
        <Failed error={place.error} retry={() => void place.refetch()} />
      ) : (
        <div className="life-told" tabIndex={0} role="group" aria-label={t('life.entries')}>
          <h3>{t('life.entries')}</h3>
          <ol className="life-steps">
            {place.data.entries.map((entry) => (
              <li key={entry.paper_id}>
                <span className="num">{dateTime(entry.at)}</span> {t(`life.kind_${entry.kind}`)} <strong className="num">{entry.count > 0 ? `+${entry.count}` : entry.count}</strong> {entry.document} <span className="mono">{entry.number}</span> {entry.by}
              </li>
            ))}
          </ol>
          <h3>{t('life.cars')}</h3>
          <ul className="life-steps">
            {place.data.cars.map((car) => (
              <li key={car.vehicle_id}>
                <Button
                  look="quiet"
                  onPress={() => {
                    onClose();
                    onCar(car.vehicle_id);
                  }}
                >
                  {plate(car.plate)}
                </Button>{' '}
                {car.model} <span className="muted num">{car.registered_on ?? ''}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Sheet>
  );
}

const LISTS = ['over_standard', 'strangers', 'unmarked', 'late'] as const;

function BreachLists({ onCar }: { onCar: (vehicle: string) => void }) {
  const t = useText();
  const breaches = useBreaches();
  if (breaches.isPending) return <Skeleton rows={6} kind="row" />;
  if (!breaches.data) return <Failed error={breaches.error} retry={() => void breaches.refetch()} />;
  const found: Breaches = breaches.data;
  return (
    <>
      <section className="life-group" aria-label={t('life.list_over_establishment')}>
        <h2>
          {t('life.list_over_establishment')} <span className="muted num">{found.over_establishment.length}</span>
        </h2>
        <ul className="life-steps">
          {found.over_establishment.map((sum) => (
            <li key={`${sum.unit_id}-${sum.category}`}>
              {sum.unit_name} · {t(`category.${sum.category}`)} · {t('life.cell', { authorised: sum.authorised, held: sum.held })} <span className="state life-bad">{t('life.over', { count: sum.over })}</span>
            </li>
          ))}
        </ul>
      </section>
      {LISTS.map((list) => (
        <section key={list} className="life-group" aria-label={t(`life.list_${list}`)}>
          <h2>
            {t(`life.list_${list}`)} <span className="muted num">{found[list].length}</span>
          </h2>
          <ul className="life-steps">
            {found[list].slice(0, 200).map((car) => (
              <li key={car.vehicle_id}>
                <Button look="quiet" onPress={() => onCar(car.vehicle_id)}>
                  {plate(car.plate)}
                </Button>{' '}
                {car.model} · {car.unit_name} {car.breaches.map((breach) => t(`life.breach_${breach}`)).join('；')} {list === 'strangers' && car.registration?.owner_name} {list === 'over_standard' && yuanText(car.registration?.price_fen)}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {found.unregistered > 0 && <p className="muted">{t('life.unknown_cars', { count: found.unregistered })}</p>}
    </>
  );
}
