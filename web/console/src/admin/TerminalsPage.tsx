/** Terminals (终端): every one of the scope, by state, protocol and link; entered here, opened beside the list. */

import '../styles/admin.css';
import '../styles/terminal.css';
import { useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { ApiError } from '../api/client';
import { followLink, setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { type Terminal, type TerminalFilter, type TerminalMade, useTerminals } from '../terminal/api';
import { OnlineMark, StateMark } from '../terminal/marks';
import { age, NONE, plate } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { EnterSheet } from './EnterSheet';
import { InspectSheet } from './InspectSheet';
import { PlatformsSheet } from './PlatformsSheet';
import { SecretSheet } from './SecretSheet';

const STATES = ['', 'idle', 'registered', 'bound', 'disabled'] as const;
const PROTOCOLS = ['jt808', 'gb32960', 'mqtt', 'http', 'broker', 'jt809'];

export default function TerminalsPage() {
  const t = useText();
  const { session } = useServices();
  const { params } = usePlace();
  const queries = useQueryClient();
  const [filter, setFilter] = useState<TerminalFilter>({ q: '', state: '', protocol: '', online: '' });
  const terminals = useTerminals(useDeferredValue(filter));
  const [open, setOpen] = useState<'enter' | 'inspect' | 'platforms' | TerminalMade | null>(null);
  const rows = terminals.data?.pages.flatMap((page) => page.items) ?? [];
  const counts = terminals.data?.pages[0]?.counts;
  const all = counts ? counts.idle + counts.registered + counts.bound + counts.disabled : undefined;
  const manages = session.permissions.includes('manage_fleet');
  const narrowed = Object.values(filter).some((value) => value !== '');

  return (
    <main id="main" tabIndex={-1} className={`page devices terminals${params.get('terminal') ? ' with-drawer' : ''}`}>
      <header className="page-head">
        <div>
          <h1>{t('terminal.title')}</h1>
          <p className="muted">{t('terminal.lead')}</p>
        </div>
        <div className="page-actions">
          <Button onPress={() => setOpen('inspect')}>{t('inspect.open')}</Button>
          {manages && <Button onPress={() => setOpen('platforms')}>{t('platform.title')}</Button>}
          {manages && (
            <a className="button button-plain" href="/admin/devices" onClick={followLink}>
              {t('terminal.vehicles')}
            </a>
          )}
          {manages && (
            <Button look="primary" icon="plus" onPress={() => setOpen('enter')}>
              {t('devices.register')}
            </Button>
          )}
        </div>
      </header>
      <section className="table-card" aria-label={t('terminal.title')}>
        <div className="pills" role="group" aria-label={t('terminal.filter')}>
          {STATES.map((state) => (
            <button key={state} type="button" className="pill" aria-pressed={filter.state === state} onClick={() => setFilter({ ...filter, state })}>
              {t(state ? `terminal.state_${state}` : 'fleet.all')} <span className="num">{state ? (counts?.[state] ?? '') : (all ?? '')}</span>
            </button>
          ))}
          <button type="button" className="pill" aria-pressed={filter.online === 'true'} onClick={() => setFilter({ ...filter, online: filter.online === 'true' ? '' : 'true' })}>
            {t('terminal.online')} <span className="num">{counts?.online ?? ''}</span>
          </button>
          {counts !== undefined && counts.mismatch > 0 && (
            <span className="pill pill-bad">
              {t('terminal.mismatch_short')} <span className="num">{counts.mismatch}</span>
            </span>
          )}
        </div>
        <div className="table-tools">
          <div className="search">
            <Icon name="search" size={16} />
            <input type="search" className="search-input" aria-label={t('terminal.search')} placeholder={t('terminal.search')} value={filter.q} onChange={(event) => setFilter({ ...filter, q: event.target.value })} />
          </div>
          <Pick label={t('terminal.protocol')} quiet choices={[{ id: '', text: t('terminal.all_protocols') }, ...PROTOCOLS.map((id) => ({ id, text: t(`protocol.${id}`) }))]} value={filter.protocol} onChange={(protocol) => setFilter({ ...filter, protocol })} />
        </div>
        {terminals.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : terminals.isError && !terminals.data ? (
          terminals.error instanceof ApiError && terminals.error.status === 403 ? (
            <Empty title={t('terminal.forbidden')} />
          ) : (
            <Failed error={terminals.error} retry={() => void terminals.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t(narrowed ? 'terminal.none_found' : 'devices.none')}>
            {narrowed && <Button onPress={() => setFilter({ q: '', state: '', protocol: '', online: '' })}>{t('fleet.clear')}</Button>}
          </Empty>
        ) : (
          <Table rows={rows} chosen={params.get('terminal')} />
        )}
        {terminals.hasNextPage && (
          <div className="table-more">
            <Button onPress={() => void terminals.fetchNextPage()} isDisabled={terminals.isFetchingNextPage}>
              {t('terminal.more')}
            </Button>
          </div>
        )}
      </section>
      {open === 'enter' && (
        <EnterSheet
          onClose={() => setOpen(null)}
          onMade={(made) => {
            void queries.invalidateQueries({ queryKey: ['terminals'] });
            setOpen(made.secret ? made : null);
            setParams({ terminal: made.id });
          }}
        />
      )}
      {open === 'inspect' && <InspectSheet onClose={() => setOpen(null)} />}
      {open === 'platforms' && <PlatformsSheet onClose={() => setOpen(null)} />}
      {open !== null && typeof open === 'object' && <SecretSheet made={open} onClose={() => setOpen(null)} />}
    </main>
  );
}

function Table({ rows, chosen }: { rows: Terminal[]; chosen: string | null }) {
  const t = useText();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('terminal.title')}>
      <table>
        <thead>
          <tr>
            {['terminal', 'protocol', 'state', 'vehicle', 'link', 'unit', 'model'].map((column) => (
              <th key={column} scope="col">
                {t(`terminal.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((terminal) => (
            <tr key={terminal.id} className={terminal.id === chosen ? 'row-chosen' : undefined} onClick={() => setParams({ terminal: terminal.id })}>
              <th scope="row">
                <button type="button" className="row-open mono" onClick={() => setParams({ terminal: terminal.id })}>
                  {terminal.terminal_id}
                </button>
              </th>
              <td>{t(`protocol.${terminal.protocol}`)}</td>
              <td>
                <StateMark state={terminal.state} />
                {terminal.mismatch.length > 0 && (
                  <span className="mismatch" title={t('terminal.mismatch')}>
                    <Icon name="warn" size={14} />
                    <span className="visually-hidden">{t('terminal.mismatch')}</span>
                  </span>
                )}
              </td>
              <td>{terminal.plate ? <strong>{plate(terminal.plate)}</strong> : <span className="muted">{NONE}</span>}</td>
              <td>
                <OnlineMark terminal={terminal} />
                {terminal.link && !terminal.online && <span className="muted num"> {age((Date.now() - Date.parse(terminal.link.last_heard_at)) / 1000)}</span>}
              </td>
              <td>{terminal.unit_name ?? NONE}</td>
              <td>{terminal.model || NONE}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
