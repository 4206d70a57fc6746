/** Sensitive places (敏感地点): where an official car is not expected; entered by units, they hold for those below. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/oversight.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, remove } from '../api/client';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { number } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Place, placesOf, usePlaces } from './api';
import { EnterSheet } from './EnterSheet';
import { RemoveSheet } from './RemoveSheet';
import { SmallMap } from './SmallMap';

const COLUMNS = ['name', 'class', 'unit', 'figures', 'radius'];

export default function PlacesPage() {
  const t = useText();
  const queries = useQueryClient();
  const { config } = useServices();
  const places = usePlaces();
  const [text, setText] = useState('');
  const [kind, setKind] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [step, setStep] = useState<'enter' | Place | null>(null);
  const [said, setSaid] = useState('');
  const list = places.data;
  const rows = placesOf(list?.items ?? [], kind, text);
  const kinds = [...new Set([...(list?.classes ?? []), ...(list?.items ?? []).map((place) => place.class)])];
  const done = (words: string) => {
    void queries.invalidateQueries({ queryKey: ['places'] });
    setSaid(words);
    setStep(null);
  };
  return (
    <main id="main" tabIndex={-1} className="page devices terminals oversight">
      <header className="page-head">
        <div>
          <h1>{t('places.title')}</h1>
          <p className="muted">{t('places.lead')}</p>
        </div>
        {list?.may_change && (
          <div className="page-actions">
            <Button look="primary" icon="plus" onPress={() => setStep('enter')}>
              {t('places.enter')}
            </Button>
          </div>
        )}
      </header>
      <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
      <div className={config.map.layers.length === 0 ? 'places-body' : undefined}>
        <section className="table-card" aria-label={t('places.title')}>
          <div className="table-tools drivers-tools oversight-tools">
            <div className="search">
              <Icon name="search" size={16} />
              <input type="search" className="search-input" aria-label={t('places.search')} placeholder={t('places.search')} value={text} onChange={(event) => setText(event.target.value)} />
            </div>
            <Pick label={t('places.filter_class')} choices={[{ id: '', text: t('places.all_classes') }, ...kinds.map((id) => ({ id, text: id }))]} value={kind} onChange={setKind} />
          </div>
          {places.isPending ? (
            <Skeleton rows={8} kind="row" />
          ) : places.isError && !list ? (
            places.error instanceof ApiError && places.error.status === 403 ? (
              <Empty title={t('places.forbidden')} />
            ) : (
              <Failed error={places.error} retry={() => void places.refetch()} />
            )
          ) : rows.length === 0 ? (
            <Empty title={t(list?.items.length ? 'places.none_so' : 'places.none')} />
          ) : (
            <Rows rows={rows} chosen={chosen} onChoose={setChosen} onRemove={list?.may_change ? setStep : null} />
          )}
        </section>
        <SmallMap places={rows} chosen={chosen} onChoose={setChosen} height={420} />
      </div>
      {step === 'enter' && list && (
        <EnterSheet
          list={list}
          onClose={() => setStep(null)}
          onDone={(name, now) => {
            setChosen(now.items.find((place) => place.name === name)?.id ?? null);
            done(t('places.entered', { name }));
          }}
        />
      )}
      {step !== null && step !== 'enter' && <RemoveSheet place={step} send={() => remove(`/sensitive-places/${step.id}`)} onClose={() => setStep(null)} onDone={() => done(t('places.removed', { name: step.name }))} />}
    </main>
  );
}

interface RowsProps {
  rows: Place[];
  chosen: string | null;
  onChoose: (id: string) => void;
  onRemove: ((place: Place) => void) | null;
}

function Rows({ rows, chosen, onChoose, onRemove }: RowsProps) {
  const t = useText();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('places.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`places.column_${column}`)}
              </th>
            ))}
            {onRemove && <th scope="col">{t('places.column_steps')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={row.id === chosen ? 'row-chosen' : undefined} onClick={() => onChoose(row.id)}>
              <th scope="row">
                <button type="button" className="row-open" onClick={() => onChoose(row.id)}>
                  {row.name}
                </button>
              </th>
              <td>{row.class}</td>
              <td>{row.unit_name ?? t('places.superior')}</td>
              <td className="num">
                {row.lon.toFixed(5)}, {row.lat.toFixed(5)}
              </td>
              <td className="num">{number(row.radius_m)} m</td>
              {onRemove && (
                <td>
                  {row.unit_name !== null && (
                    <Button aria-label={t('places.remove_of', { name: row.name })} onPress={() => onRemove(row)}>
                      {t('places.remove')}
                    </Button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
