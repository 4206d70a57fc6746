/** The organisation (组织机构): the tree with its search, one unit beside it, vertical lines, tables brought in. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { url } from '../api/client';
import { useKeys } from '../app/keys';
import { currentPlace, setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { Icon } from '../ui/icon';
import { Button, Drop } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useSearch, useTree } from './api';
import { Tree } from './Tree';
import { downToCounties, index, opening, revealing, type Rows } from './tree';
import { UnitPanel } from './UnitPanel';

const Import = lazy(() => import('./Import'));
const Lines = lazy(() => import('./Lines'));

const TABS = ['tree', 'lines', 'import'] as const;
type Tab = (typeof TABS)[number];

export default function UnitsPage() {
  const t = useText();
  const { session } = useServices();
  const { params } = usePlace();
  const may = (name: string) => session.permissions.includes(name);
  const decides = may('manage_units');
  const tabs = TABS.filter((tab) => tab !== 'import' || decides || may('import_accounts') || may('manage_fleet'));
  const asked = params.get('tab') as Tab | null;
  const tab = asked && tabs.includes(asked) ? asked : 'tree';
  const formats = [
    { id: 'xlsx', format: 'xlsx' },
    { id: 'csv', format: 'csv' },
    { id: 'gb', format: 'csv-gb18030' },
  ].map(({ id, format }) => ({ id, text: t(`units.export_${id}`), icon: 'download' as const, href: url('/units/export', { format }), download: true }));
  return (
    <main id="main" tabIndex={-1} className="page units-page">
      <header className="page-head">
        <h1>{t('units.title')}</h1>
        <div className="page-actions">
          <div className="pills" role="group" aria-label={t('units.title')}>
            {tabs.map((name) => (
              <button key={name} type="button" className="pill" aria-pressed={tab === name} onClick={() => setParams({ tab: name === 'tree' ? null : name })}>
                {t(`units.tab_${name}`)}
              </button>
            ))}
          </div>
          <Drop label={t('units.export')} text={t('units.export')} icon="download" look="plain" actions={formats} />
        </div>
      </header>
      {tab === 'tree' && <Organisation chosen={params.get('unit')} />}
      <Suspense fallback={<Skeleton rows={4} />}>
        {tab === 'lines' && <Lines mayManage={decides} />}
        {tab === 'import' && <Import />}
      </Suspense>
    </main>
  );
}

function Organisation({ chosen }: { chosen: string | null }) {
  const t = useText();
  const tree = useTree();
  const rows = useMemo(() => (tree.data ? index(tree.data) : null), [tree.data]);
  const [text, setText] = useState(() => currentPlace().params.get('q') ?? '');
  const q = useDeferredValue(text.trim());
  const input = useRef<HTMLInputElement>(null);
  const [withGone, setWithGone] = useState(false);
  const [open, setOpen] = useState<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!rows) return;
    setOpen((now) => {
      const base = now ?? opening(rows);
      return chosen ? revealing(rows, base, chosen) : base;
    });
  }, [rows, chosen]);
  useKeys({ '/': () => input.current?.select() });
  const choose = (id: string) => setParams({ unit: id }, chosen ? 'replace' : 'push');
  const find = (id: string) => {
    setText('');
    choose(id);
  };
  return (
    <div className={chosen ? 'units with-unit' : 'units'}>
      <section className="table-card unit-card" aria-label={t('units.tab_tree')}>
        <div className="unit-tools">
          <div className="search">
            <Icon name="search" size={16} />
            <input
              ref={input}
              type="search"
              className="search-input"
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Escape') setText('');
                if (event.key === 'ArrowDown' || event.key === 'Enter') {
                  (document.querySelector('.unit-hit, .unit-tree') as HTMLElement | null)?.focus();
                  event.preventDefault();
                }
              }}
              placeholder={t('units.search')}
              aria-label={t('units.search_label')}
              autoComplete="off"
              spellCheck={false}
            />
            {text === '' && <kbd aria-hidden="true">/</kbd>}
          </div>
          {rows && (
            <div className="unit-switches">
              <Button look="quiet" onPress={() => setOpen(downToCounties(rows))}>
                {t('units.expand_all')}
              </Button>
              <Button look="quiet" onPress={() => setOpen(opening(rows))}>
                {t('units.collapse_all')}
              </Button>
              <label className="unit-switch">
                <input type="checkbox" checked={withGone} onChange={(event) => setWithGone(event.target.checked)} />
                {t('units.show_gone')}
              </label>
            </div>
          )}
        </div>
        {q !== '' ? (
          <Hits q={q} onChoose={find} />
        ) : tree.isPending ? (
          <Skeleton rows={12} kind="row" />
        ) : tree.isError ? (
          <Failed error={tree.error} retry={() => void tree.refetch()} />
        ) : rows && rows.tree.ids.length === 0 ? (
          <Empty title={t('units.none')} />
        ) : (
          rows && open && <Tree rows={rows} open={open} onOpen={setOpen} withGone={withGone} chosen={chosen} onChoose={choose} />
        )}
        {rows && <p className="unit-total muted">{total(rows, t)}</p>}
      </section>
      {chosen && <UnitPanel key={chosen} id={chosen} />}
    </div>
  );
}

function total(rows: Rows, t: ReturnType<typeof useText>): string {
  return t('units.count', { count: rows.tree.ids.length });
}

function Hits({ q, onChoose }: { q: string; onChoose: (id: string) => void }) {
  const t = useText();
  const found = useSearch(q);
  const items = found.data?.items ?? [];
  if (found.isPending) return <Skeleton rows={6} kind="row" />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (items.length === 0) return <Empty title={t('units.none_found', { q })} />;
  const step = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('.unit-hit')];
    const here = all.indexOf(document.activeElement as HTMLElement);
    if (here + by < 0) (document.querySelector('.unit-tools .search-input') as HTMLElement | null)?.focus();
    else all[Math.min(all.length - 1, here + by)]?.focus();
  };
  return (
    <ul className="unit-hits" aria-label={t('units.search_label')} onKeyDown={step}>
      {items.map((unit) => (
        <li key={unit.id}>
          <button type="button" className="unit-hit" onClick={() => onChoose(unit.id)}>
            <span>
              <span className={`unit-kind unit-kind-${unit.kind}`} aria-hidden="true" />
              {unit.name}
              {unit.status !== 'active' && <span className="state">{t(`units.status_${unit.status}`)}</span>}
            </span>
            <span className="muted">{[...unit.above].reverse().join(' / ')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
