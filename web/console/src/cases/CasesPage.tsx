/** Complaints and cases (投诉与案件): what the hotline, inspections and letters say, linked with what was found, and closed. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/drivers.css';
import '../styles/oversight.css';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError } from '../api/client';
import { setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { NONE, plate } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Case, CASE_STATES, casesOf, SOURCES, useCases } from './api';
import { CaseDrawer } from './CaseDrawer';
import { EnterSheet } from './EnterSheet';
import { CaseState } from './marks';

const COLUMNS = ['number', 'state', 'received', 'matter', 'vehicle', 'unit'];

export default function CasesPage() {
  const t = useText();
  const queries = useQueryClient();
  const { session } = useServices();
  const chosen = usePlace().params.get('case');
  const [state, setState] = useState('');
  const [source, setSource] = useState('');
  const [text, setText] = useState('');
  const [enters, setEnters] = useState(false);
  const cases = useCases(state);
  const loaded = cases.data?.pages.flatMap((page) => page.items) ?? [];
  const rows = casesOf(loaded, source, text);
  const one = loaded.find((row) => row.id === chosen);
  // An address may name a case that lies farther down.
  const isSought = chosen !== null && one === undefined && cases.hasNextPage && !cases.isFetching && !cases.isError;
  const { fetchNextPage } = cases;
  useEffect(() => {
    if (isSought) void fetchNextPage();
  }, [isSought, fetchNextPage]);
  const again = () => void queries.invalidateQueries({ queryKey: ['cases'] });
  const choices = (all: string, ids: readonly string[], group: string) => [{ id: '', text: t(all) }, ...ids.map((id) => ({ id, text: t(`cases.${group}_${id}`) }))];
  return (
    <main id="main" tabIndex={-1} className={`page devices terminals oversight${one ? ' with-drawer' : ''}`}>
      <header className="page-head">
        <div>
          <h1>{t('cases.title')}</h1>
          <p className="muted">{t('cases.lead')}</p>
        </div>
        {session.permissions.includes('settle_trips') && (
          <div className="page-actions">
            <Button look="primary" icon="plus" onPress={() => setEnters(true)}>
              {t('cases.enter')}
            </Button>
          </div>
        )}
      </header>
      <section className="table-card" aria-label={t('cases.title')}>
        <div className="table-tools drivers-tools oversight-tools">
          <div className="search">
            <Icon name="search" size={16} />
            <input type="search" className="search-input" aria-label={t('cases.search')} placeholder={t('cases.search')} value={text} onChange={(event) => setText(event.target.value)} />
          </div>
          <Pick label={t('cases.filter_state')} choices={choices('cases.all_states', CASE_STATES, 'state')} value={state} onChange={setState} />
          <Pick label={t('cases.filter_source')} choices={choices('cases.all_sources', SOURCES, 'source')} value={source} onChange={setSource} />
        </div>
        {cases.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : cases.isError && !cases.data ? (
          cases.error instanceof ApiError && cases.error.status === 403 ? (
            <Empty title={t('cases.forbidden')} />
          ) : (
            <Failed error={cases.error} retry={() => void cases.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t(loaded.length > 0 || state ? 'cases.none_so' : 'cases.none')} />
        ) : (
          <Rows rows={rows} chosen={chosen} />
        )}
        {cases.hasNextPage && (
          <div className="drivers-more">
            <Button isDisabled={cases.isFetchingNextPage} onPress={() => void cases.fetchNextPage()}>
              {t('findings.more')}
            </Button>
          </div>
        )}
      </section>
      {one && <CaseDrawer key={one.id} one={one} onChanged={again} />}
      {enters && (
        <EnterSheet
          onClose={() => setEnters(false)}
          onDone={(made) => {
            again();
            setEnters(false);
            setState('');
            setSource('');
            setText('');
            setParams({ case: made.id });
          }}
        />
      )}
    </main>
  );
}

function Rows({ rows, chosen }: { rows: Case[]; chosen: string | null }) {
  const t = useText();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('cases.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`cases.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={row.id === chosen ? 'row-chosen' : undefined} onClick={() => setParams({ case: row.id })}>
              <th scope="row">
                <button type="button" className="row-open" onClick={() => setParams({ case: row.id })}>
                  {row.number}
                </button>
                <small className="muted row-line">{t(`cases.source_${row.source}`)}</small>
              </th>
              <td>
                <CaseState one={row} />
              </td>
              <td className="num">{row.received_on}</td>
              <td className="matter">{row.matter}</td>
              <td>{row.plate ? plate(row.plate) : NONE}</td>
              <td>{row.unit_name}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
