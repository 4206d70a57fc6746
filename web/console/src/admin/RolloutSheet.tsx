/** Begins a rollout (发起升级): where, in which stages, how many failures are too many, and why. */

import { useState } from 'react';
import { post } from '../api/client';
import { useUnits } from '../api/queries';
import type { FirmwareImage } from '../api/types';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { useChange } from './use-change';

export function RolloutSheet({ image, onClose, onDone }: { image: FirmwareImage; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const units = useUnits();
  const [unit, setUnit] = useState<string | null>(null);
  const [stages, setStages] = useState('1, 10, 50, 100');
  const [limit, setLimit] = useState('5');
  const [reason, setReason] = useState('');

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const body = {
      image_id: image.id,
      unit_id: unit,
      stages_pct: stages.split(/[,，\s]+/).filter(Boolean).map((part) => Math.min(Math.max(Math.trunc(Number(part)) || 0, 0), 255)),
      failure_limit_pct: Math.min(Math.max(Math.trunc(Number(limit)) || 0, 0), 255),
      reason: reason.trim(),
    };
    if (await change.run((key) => post('/firmware/rollouts', body, key))) {
      onDone();
      onClose();
    }
  }
  return (
    <Sheet title={t('firmware.begin_title', { version: image.version })} isOpen onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Pick
          label={t('firmware.unit')}
          placeholder={t('firmware.unit_placeholder')}
          choices={(units.data?.items ?? []).map((each) => ({ id: each.id, text: each.name }))}
          value={unit}
          onChange={setUnit}
          error={change.field('unit_id')}
        />
        <Field label={t('firmware.stages')} help={t('firmware.stages_help')} value={stages} onChange={setStages} error={change.field('stages_pct')} autoComplete="off" />
        <Field label={t('firmware.limit')} help={t('firmware.limit_help')} value={limit} onChange={setLimit} error={change.field('failure_limit_pct')} inputMode="numeric" autoComplete="off" />
        <Field label={t('firmware.reason')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !unit || !reason.trim()}>
            {t('firmware.begin')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
