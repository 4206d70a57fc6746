/** Drivers (驾驶员): everybody of the scope in one list, with how each licence stands, opened beside it. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/drivers.css';
import { useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { ApiError } from '../api/client';
import { setParams, usePlace } from '../app/route';
import { useText } from '../i18n';
import { Icon } from '../ui/icon';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type Driver, useDrivers } from './api';
import { DriverDrawer } from './DriverDrawer';
import { FileSheet } from './FileSheet';
import { LicenceUntil } from './Licence';

const COLUMNS = ['name', 'unit', 'phone', 'licence', 'until', 'status'];

export default function DriversPage() {
  const t = useText();
  const queries = useQueryClient();
  const chosen = usePlace().params.get('driver');
  const [q, setQ] = useState('');
  const [unit, setUnit] = useState<Chosen | null>(null);
  const drivers = useDrivers(useDeferredValue({ q, unit_id: unit?.id ?? '' }));
  const [entering, setEntering] = useState(false);
  const rows = drivers.data?.pages.flatMap((page) => page.items) ?? [];
  const mayChange = drivers.data?.pages[0]?.may_change ?? false;
  return (
    <main id="main" tabIndex={-1} className={`page devices terminals drivers${chosen ? ' with-drawer' : ''}`}>
      <header className="page-head">
        <div>
          <h1>{t('drivers.title')}</h1>
          <p className="muted">{t('drivers.lead')}</p>
        </div>
        {mayChange && (
          <div className="page-actions">
            <Button look="primary" icon="plus" onPress={() => setEntering(true)}>
              {t('drivers.enter')}
            </Button>
          </div>
        )}
      </header>
      <section className="table-card" aria-label={t('drivers.title')}>
        <div className="table-tools drivers-tools">
          <div className="search">
            <Icon name="search" size={16} />
            <input type="search" className="search-input" aria-label={t('drivers.search')} placeholder={t('drivers.search')} value={q} onChange={(event) => setQ(event.target.value)} />
          </div>
          <UnitPick label={t('drivers.field_unit')} value={unit} onChange={setUnit} />
        </div>
        {drivers.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : drivers.isError && !drivers.data ? (
          drivers.error instanceof ApiError && drivers.error.status === 403 ? (
            <Empty title={t('drivers.forbidden')} />
          ) : (
            <Failed error={drivers.error} retry={() => void drivers.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t('drivers.none')}>
            <p>{t('drivers.none_help')}</p>
          </Empty>
        ) : (
          <Rows rows={rows} chosen={chosen} />
        )}
        {drivers.hasNextPage && (
          <div className="drivers-more">
            <Button isDisabled={drivers.isFetchingNextPage} onPress={() => void drivers.fetchNextPage()}>
              {t('audit.more')}
            </Button>
          </div>
        )}
      </section>
      {chosen && <DriverDrawer key={chosen} id={chosen} />}
      {entering && (
        <FileSheet
          driver={null}
          onClose={() => setEntering(false)}
          onDone={(made) => {
            void queries.invalidateQueries({ queryKey: ['drivers'] });
            setEntering(false);
            setParams({ driver: made.id });
          }}
        />
      )}
    </main>
  );
}

function Rows({ rows, chosen }: { rows: Driver[]; chosen: string | null }) {
  const t = useText();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('drivers.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`drivers.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={row.id === chosen ? 'row-chosen' : undefined} onClick={() => setParams({ driver: row.id })}>
              <th scope="row">
                <button type="button" className="row-open" onClick={() => setParams({ driver: row.id })}>
                  {row.name}
                </button>
              </th>
              <td>{row.unit_name}</td>
              <td className="num">{row.phone}</td>
              <td>{row.licence_class}</td>
              <td>
                <LicenceUntil driver={row} />
              </td>
              <td>
                <span className={`state driver-${row.status}`}>{t(`drivers.status_${row.status}`)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
