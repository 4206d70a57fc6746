/** A table of units, accounts or vehicles brought in (批量导入): looked through, loaded, the bad rows taken away to be corrected. */

import { useRef, useState } from 'react';
import { url } from '../api/client';
import { useText } from '../i18n';
import { number } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button } from '../ui/kit';
import { sayError, Skeleton } from '../ui/states';
import { badRows, type Imported, loadFile, lookThrough, type Said, type Sheet, type Subject, useForget } from './api';

const SUBJECTS: Subject[] = ['units', 'accounts', 'vehicles'];

export default function Import() {
  const t = useText();
  const forget = useForget();
  const [file, setFile] = useState<File | null>(null);
  const [said, setSaid] = useState<Said>({});
  const [seen, setSeen] = useState<Imported | null>(null);
  const [busy, setBusy] = useState<'reading' | 'loading' | null>(null);
  const [error, setError] = useState<unknown>(null);
  // An answer to an older question comes too late.
  const question = useRef(0);

  async function ask(what: 'reading' | 'loading', about: File, words: Said) {
    const mine = ++question.current;
    setBusy(what);
    setError(null);
    try {
      const answer = await (what === 'reading' ? lookThrough(about, words) : loadFile(about, words));
      if (mine !== question.current) return;
      setSeen(answer);
      if (what === 'loading') forget();
    } catch (problem) {
      if (mine === question.current) setError(problem);
    } finally {
      if (mine === question.current) setBusy(null);
    }
  }
  const take = (next: File | undefined) => {
    if (!next) return;
    setFile(next);
    setSaid({});
    setSeen(null);
    void ask('reading', next, {});
  };
  const say = (sheet: string, words: Said[string]) => {
    const next = { ...said, [sheet]: { ...said[sheet], ...words } };
    setSaid(next);
    if (file) void ask('reading', file, next);
  };
  async function download() {
    if (!file) return;
    try {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await badRows(file, said));
      link.download = `${file.name.replace(/\.\w+$/, '')}-${t('import.bad_name')}.xlsx`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (problem) {
      setError(problem);
    }
  }
  const good = seen?.sheets.reduce((sum, sheet) => sum + sheet.good, 0) ?? 0;
  const bad = seen?.sheets.reduce((sum, sheet) => sum + sheet.bad, 0) ?? 0;
  return (
    <section className="table-card import" aria-label={t('import.title')}>
      {!file && <DropZone onFile={take} />}
      {file && (
        <header className="import-head">
          <div>
            <h2>{file.name}</h2>
            {seen && <p className="muted">{seen.format.toUpperCase()}</p>}
          </div>
          <Button
            onPress={() => {
              question.current++;
              setFile(null);
              setSeen(null);
              setError(null);
              setBusy(null);
            }}
          >
            {t('import.other_file')}
          </Button>
        </header>
      )}
      <div role="status">{busy && <p className="notice">{t(`import.${busy}`)}</p>}</div>
      {busy === 'reading' && !seen && <Skeleton rows={6} kind="row" />}
      <div role="alert">{error !== null && <p className="notice notice-bad">{sayError(error)}</p>}</div>
      {seen?.loaded && <Result seen={seen} bad={bad} />}
      {seen?.sheets.map((sheet) => (
        <SheetCard key={sheet.name} sheet={sheet} onSay={(words) => say(sheet.name, words)} isDone={seen.loaded !== null} />
      ))}
      {seen && (
        <footer className="import-foot">
          {bad > 0 && (
            <Button icon="download" onPress={() => void download()}>
              {t('import.download_bad', { count: bad })}
            </Button>
          )}
          {!seen.loaded && (
            <Button look="primary" isDisabled={busy !== null || good === 0} onPress={() => void ask('loading', file!, said)}>
              {good === 0 ? t('import.nothing_new') : t('import.load', { count: good })}
            </Button>
          )}
        </footer>
      )}
    </section>
  );
}

function DropZone({ onFile }: { onFile: (file: File | undefined) => void }) {
  const t = useText();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div
      className={over ? 'drop-zone drop-over' : 'drop-zone'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFile(event.dataTransfer.files[0]);
      }}
    >
      <Icon name="download" size={28} />
      <button type="button" className="drop-choose" onClick={() => input.current?.click()}>
        {t('import.drop')}
      </button>
      <p className="muted">{t('import.drop_help')}</p>
      <p className="muted">{t('import.accounts_note')}</p>
      <input ref={input} type="file" className="visually-hidden" tabIndex={-1} aria-label={t('import.drop')} accept=".xlsx,.csv,.txt" onChange={(event) => onFile(event.target.files?.[0])} />
      <a className="button button-plain" href={url('/imports/template')} download>
        <Icon name="download" size={16} />
        {t('import.template')}
      </a>
    </div>
  );
}

function Result({ seen, bad }: { seen: Imported; bad: number }) {
  const t = useText();
  const loaded = seen.loaded!;
  return (
    <div className="notice notice-good" role="status">
      <p>{t('import.done', { units: number(loaded.units), accounts: number(loaded.accounts), vehicles: number(loaded.vehicles) })}</p>
      {loaded.accounts > 0 && <p>{t('import.done_accounts')}</p>}
      {bad > 0 && <p>{t('import.done_bad', { count: bad })}</p>}
    </div>
  );
}

interface SheetCardProps {
  sheet: Sheet;
  onSay: (words: Said[string]) => void;
  isDone: boolean;
}

function SheetCard({ sheet, onSay, isDone }: SheetCardProps) {
  const t = useText();
  const term = (key: string | null | undefined) => sheet.columns.find((column) => column.key === key)?.term ?? '';
  return (
    <article className="import-sheet" aria-label={t('import.sheet', { name: sheet.name })}>
      <header className="import-sheet-head">
        <h3>{t('import.sheet', { name: sheet.name })}</h3>
        <span className="muted">{t('import.rows', { count: sheet.rows })}</span>
        <label className="import-holds">
          <span>{t('import.holds')}</span>
          <select
            className="input pick"
            disabled={isDone}
            value={sheet.subject ?? ''}
            onChange={(event) => onSay(event.target.value === '' ? { skip: true } : { skip: false, subject: event.target.value as Subject, columns: {} })}
          >
            <option value="">{t('import.subject_skip')}</option>
            {SUBJECTS.map((subject) => (
              <option key={subject} value={subject}>
                {t(`import.subject_${subject}`)}
              </option>
            ))}
          </select>
        </label>
        {sheet.subject && !sheet.error && (
          <ul className="import-figures">
            <li className="import-good">
              {t('import.good')} <strong className="num">{number(sheet.good)}</strong>
            </li>
            <li>
              {t('import.known')} <strong className="num">{number(sheet.known)}</strong>
            </li>
            <li className={sheet.bad > 0 ? 'import-bad' : undefined}>
              {t('import.bad')} <strong className="num">{number(sheet.bad)}</strong>
            </li>
            {sheet.warning_count > 0 && (
              <li>
                {t('import.warned')} <strong className="num">{number(sheet.warning_count)}</strong>
              </li>
            )}
          </ul>
        )}
      </header>
      {sheet.error_title && <p className="notice notice-bad">{sheet.error_title}</p>}
      {sheet.columns.length > 0 && (
        <details className="import-columns" open={Boolean(sheet.error)}>
          <summary>{t('import.columns')}</summary>
          <div className="import-column-grid">
            {sheet.columns.map((column) => (
              <label key={column.key} className="field">
                <span>
                  {column.term}
                  {column.required && <span className="muted"> · {t('import.required')}</span>}
                </span>
                <select
                  className="input pick"
                  disabled={isDone}
                  value={column.at ?? ''}
                  onChange={(event) => onSay({ subject: sheet.subject!, columns: { ...Object.fromEntries(sheet.columns.map((one) => [one.key, one.at ?? null])), [column.key]: event.target.value === '' ? null : Number(event.target.value) } })}
                >
                  <option value="">{t('import.no_column')}</option>
                  {sheet.header.map((header, at) => (
                    <option key={at} value={at}>
                      {header || `${at + 1}`}
                    </option>
                  ))}
                </select>
              </label>
            ))}
          </div>
        </details>
      )}
      {sheet.shown.length > 0 && sheet.errors.length === 0 && (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t('import.sheet', { name: sheet.name })}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('import.row')}</th>
                {sheet.header.map((header, at) => (
                  <th key={at} scope="col">
                    {header}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sheet.shown.map((row) => (
                <tr key={row.row}>
                  <td className="num">{row.row}</td>
                  {sheet.header.map((_, at) => (
                    <td key={at}>{row.cells[at] ?? ''}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {sheet.errors.length > 0 && <Findings cells={sheet.errors} count={sheet.error_count} label={t('import.what')} term={term} />}
      {sheet.warnings.length > 0 && (
        <>
          <h4 className="import-warned">{t('import.warnings')}</h4>
          <Findings cells={sheet.warnings} count={sheet.warning_count} label={t('import.warnings')} term={term} />
        </>
      )}
    </article>
  );
}

interface FindingsProps {
  cells: Sheet['errors'];
  count: number;
  label: string;
  term: (key: string | null | undefined) => string;
}

function Findings({ cells, count, label, term }: FindingsProps) {
  const t = useText();
  return (
    <>
      <div className="table-scroll import-errors" tabIndex={0} role="group" aria-label={label}>
        <table>
          <thead>
            <tr>
              {['row', 'column', 'found', 'what'].map((name) => (
                <th key={name} scope="col">
                  {t(`import.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cells.map((cell, at) => (
              <tr key={at}>
                <td className="num">{cell.row}</td>
                <td>{term(cell.column)}</td>
                <td className="import-cell">{cell.found}</td>
                <td>{cell.title}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {count > cells.length && <p className="muted import-more">{t('import.more_errors', { told: number(cells.length), count })}</p>}
    </>
  );
}
