/** The papers of a car over the map (车辆资料): kept, taken out, deleted with a reason; what was deleted is still told. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/documents.css';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ReasonSheet } from '../account/ReasonSheet';
import { ApiError, remove } from '../api/client';
import { useVehicle } from '../api/queries';
import { useKeys } from '../app/keys';
import { useText } from '../i18n';
import { dateTime, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, sayError, Skeleton } from '../ui/states';
import { AddSheet } from './AddSheet';
import { format, type Paper, papersKey, savePaper, usePapers } from './api';
import { size } from './size';

export default function DocumentsDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const vehicle = useVehicle(id);
  const papers = usePapers(id);
  const [step, setStep] = useState<'add' | Paper | null>(null);
  const [said, setSaid] = useState('');
  const head = useRef<HTMLHeadingElement>(null);
  useKeys({ Escape: onClose });
  useEffect(() => head.current?.focus(), []);
  const changed = (words: string) => {
    void queries.invalidateQueries({ queryKey: papersKey(id) });
    setSaid(words);
    setStep(null);
  };
  const list = papers.data;
  const kept = list?.items.filter((paper) => !paper.deleted) ?? [];
  const gone = list?.items.filter((paper) => paper.deleted) ?? [];
  return (
    <aside className="drawer papers" aria-label={t('documents.title')} data-covers="right">
      <header className="drawer-head">
        <div>
          <h2 ref={head} tabIndex={-1}>
            {t('documents.title')}
          </h2>
          {vehicle.data && <p className="drawer-line muted">{plate(vehicle.data.plate)}</p>}
        </div>
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={onClose} />
      </header>
      {!list ? (
        papers.isPending ? (
          <Skeleton rows={5} />
        ) : papers.error instanceof ApiError && papers.error.status === 404 ? (
          <Empty title={t('card.not_found')} />
        ) : (
          <Failed error={papers.error} retry={() => void papers.refetch()} />
        )
      ) : (
        <div className="drawer-body">
          {list.may_change && (
            <div>
              <Button look="primary" icon="plus" onPress={() => setStep('add')}>
                {t('documents.add')}
              </Button>
            </div>
          )}
          <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
          {kept.length === 0 && (
            <Empty title={t('documents.none')}>
              <p>{t(list.may_change ? 'documents.none_add' : 'documents.none_ask')}</p>
            </Empty>
          )}
          {kept.length > 0 && (
            <ul className="paper-list" aria-label={t('documents.kept')}>
              {kept.map((paper) => (
                <Kept key={paper.id} paper={paper} onDelete={list.may_change ? () => setStep(paper) : null} />
              ))}
            </ul>
          )}
          {gone.length > 0 && (
            <details className="paper-gone">
              <summary>{t('documents.deleted', { count: gone.length })}</summary>
              <ul className="paper-list">
                {gone.map((paper) => (
                  <Gone key={paper.id} paper={paper} />
                ))}
              </ul>
            </details>
          )}
        </div>
      )}
      {step === 'add' && <AddSheet vehicle={id} onClose={() => setStep(null)} onDone={(name) => changed(t('documents.added', { name }))} />}
      {step !== null && step !== 'add' && (
        <ReasonSheet
          title={t('documents.delete')}
          text={t('documents.delete_text', { name: step.name })}
          action={t('documents.delete')}
          send={(reason) => remove(`/documents/${step.id}`, { reason }).then(() => true)}
          onClose={() => setStep(null)}
          onDone={() => changed(t('documents.gone', { name: step.name }))}
        />
      )}
    </aside>
  );
}

function Kept({ paper, onDelete }: { paper: Paper; onDelete: (() => void) | null }) {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function save() {
    setBusy(true);
    setError(null);
    try {
      await savePaper(paper);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }
  return (
    <li className="paper">
      <Head paper={paper} />
      <p className="muted paper-line">
        {paper.by} · <span className="num">{dateTime(paper.uploaded_at)}</span>
      </p>
      <div className="paper-steps">
        <Button icon="download" isDisabled={busy} aria-label={t('documents.download_of', { name: paper.name })} onPress={() => void save()}>
          {t(busy ? 'documents.downloading' : 'documents.download')}
        </Button>
        {onDelete && (
          <Button aria-label={t('documents.delete_of', { name: paper.name })} onPress={onDelete}>
            {t('documents.delete')}
          </Button>
        )}
      </div>
      <div role="alert">{error !== null && <p className="notice notice-bad">{sayError(error)}</p>}</div>
    </li>
  );
}

function Gone({ paper }: { paper: Paper }) {
  const t = useText();
  const { by, at, reason } = paper.deleted!;
  return (
    <li className="paper">
      <Head paper={paper} />
      <p className="muted paper-line">{t('documents.deleted_by', { by, at: dateTime(at), reason })}</p>
    </li>
  );
}

function Head({ paper }: { paper: Paper }) {
  const t = useText();
  return (
    <>
      <p className="paper-head">
        <span className="tag">{t(`documents.kind_${paper.kind}`, { defaultValue: paper.kind })}</span>
        <strong>{paper.name}</strong>
      </p>
      <p className="muted paper-line">
        {format(paper)} · <span className="num">{size(paper.size_bytes)}</span> ·{' '}
        <span className="mono" title={paper.sha256} aria-label={t('documents.hash_of', { hash: paper.sha256.slice(0, 8) })} role="img">
          {paper.sha256.slice(0, 8)}
        </span>
      </p>
    </>
  );
}
