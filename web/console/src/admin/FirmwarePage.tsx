/** Programs for our own bridges (终端固件): brought, rolled out to a few first, watched, halted. */

import '../styles/admin.css';
import '../styles/firmware.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, get, post } from '../api/client';
import type { Firmware, FirmwareImage, Rollout } from '../api/types';
import { useText } from '../i18n';
import { dateTime, number } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { BringSheet } from './BringSheet';
import { RolloutSheet } from './RolloutSheet';
import { RolloutTargets } from './RolloutTargets';
import { useChange } from './use-change';

type Open = { kind: 'bring' } | { kind: 'begin'; image: FirmwareImage } | { kind: 'targets'; rollout: Rollout } | null;

/** In the order of the bar, best first. */
export const TARGET_STATES = ['confirmed', 'trial', 'ordered', 'waiting', 'rolled_back', 'failed'] as const;

export default function FirmwarePage() {
  const t = useText();
  const queries = useQueryClient();
  const firmware = useQuery({ queryKey: ['firmware'], queryFn: ({ signal }) => get<Firmware>('/firmware', {}, signal), refetchInterval: 5000 });
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const changed = () => void queries.invalidateQueries({ queryKey: ['firmware'] });

  return (
    <main id="main" tabIndex={-1} className="page devices">
      <header className="page-head">
        <div>
          <h1>{t('firmware.title')}</h1>
          <p className="muted">{t('firmware.lead')}</p>
        </div>
        {firmware.data?.may_change && (
          <div className="page-actions">
            <Button look="primary" icon="plus" onPress={() => setOpen({ kind: 'bring' })}>
              {t('firmware.bring')}
            </Button>
          </div>
        )}
      </header>
      {firmware.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : firmware.isError && !firmware.data ? (
        firmware.error instanceof ApiError && firmware.error.status === 403 ? (
          <Empty title={t('firmware.forbidden')} />
        ) : (
          <Failed error={firmware.error} retry={() => void firmware.refetch()} />
        )
      ) : (
        <>
          <section className="rollouts" aria-label={t('firmware.rollouts')}>
            {firmware.data.rollouts.map((rollout) => (
              <RolloutCard key={rollout.id} rollout={rollout} mayChange={firmware.data.may_change} onChanged={changed} onTargets={() => setOpen({ kind: 'targets', rollout })} />
            ))}
          </section>
          <Images images={firmware.data.images} onBegin={firmware.data.may_change ? (image) => setOpen({ kind: 'begin', image }) : null} />
        </>
      )}
      {open?.kind === 'bring' && <BringSheet onClose={close} onDone={changed} />}
      {open?.kind === 'begin' && <RolloutSheet image={open.image} onClose={close} onDone={changed} />}
      {open?.kind === 'targets' && <RolloutTargets rollout={open.rollout} onClose={close} />}
    </main>
  );
}

function Images({ images, onBegin }: { images: FirmwareImage[]; onBegin: ((image: FirmwareImage) => void) | null }) {
  const t = useText();
  return (
    <section className="table-card" aria-label={t('firmware.images')}>
      {images.length === 0 ? (
        <Empty title={t('firmware.none')} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t('firmware.images')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('firmware.version')}</th>
                <th scope="col">{t('firmware.note')}</th>
                <th scope="col">{t('firmware.running')}</th>
                <th scope="col">SHA-256</th>
                <th scope="col">{t('firmware.uploaded')}</th>
                {onBegin && <th scope="col">{t('devices.actions')}</th>}
              </tr>
            </thead>
            <tbody>
              {images.map((image) => (
                <tr key={image.id}>
                  <th scope="row" className="mono">
                    {image.version}
                  </th>
                  <td className="firmware-note">{image.note || '—'}</td>
                  <td className="num">{number(image.running)}</td>
                  <td className="mono" title={image.sha256}>
                    {image.sha256.slice(0, 12)}…
                  </td>
                  <td className="num">
                    {dateTime(image.uploaded_at)} · {image.by}
                  </td>
                  {onBegin && (
                    <td>
                      <Button look="quiet" onPress={() => onBegin(image)} aria-label={`${t('firmware.begin')} ${image.version}`}>
                        {t('firmware.begin')}
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface CardProps {
  rollout: Rollout;
  mayChange: boolean;
  onChanged: () => void;
  onTargets: () => void;
}

function RolloutCard({ rollout, mayChange, onChanged, onTargets }: CardProps) {
  const t = useText();
  const change = useChange();
  const all = TARGET_STATES.reduce((sum, state) => sum + rollout.counts[state], 0);
  const step = async (action: string) => {
    if (await change.run((key) => post<Firmware>(`/firmware/rollouts/${rollout.id}/steps`, { action }, key))) onChanged();
  };
  return (
    <article className="rollout" data-state={rollout.state}>
      <header className="rollout-head">
        <h2>
          <span className="mono">{rollout.version}</span> → {rollout.unit_name}
        </h2>
        <span className="tag">{t(`firmware.state.${rollout.state}`)}</span>
      </header>
      <p className="muted">
        {rollout.reason} · {rollout.by} · {dateTime(rollout.started_at)}
      </p>
      <ol className="rollout-stages" aria-label={t('firmware.stages')}>
        {rollout.stages_pct.map((pct, index) => (
          <li key={pct} aria-current={index === rollout.stage ? 'step' : undefined} data-begun={index <= rollout.stage}>
            {pct} %
          </li>
        ))}
      </ol>
      <div className="rollout-bar" aria-hidden="true">
        {TARGET_STATES.map((state) => rollout.counts[state] > 0 && <span key={state} data-state={state} style={{ flexGrow: rollout.counts[state] }} />)}
      </div>
      <ul className="rollout-counts">
        {TARGET_STATES.map((state) => (
          <li key={state} data-state={state}>
            {t(`firmware.target.${state}`)} <strong className="num">{number(rollout.counts[state])}</strong>
          </li>
        ))}
        <li>
          {t('firmware.all')} <strong className="num">{number(all)}</strong>
        </li>
      </ul>
      <footer className="rollout-foot">
        <Button look="quiet" onPress={onTargets}>
          {t('firmware.targets')}
        </Button>
        {mayChange &&
          rollout.actions.map((action) => (
            <Button key={action} look={action === 'advance' || action === 'resume' ? 'primary' : 'plain'} isDisabled={change.busy} onPress={() => void step(action)}>
              {t(`firmware.action.${action}`)}
            </Button>
          ))}
      </footer>
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
    </article>
  );
}
