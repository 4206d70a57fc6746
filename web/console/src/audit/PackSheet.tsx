/** Taking an evidence pack out (导出证据包): which days, which unit, and why; it proves itself offline. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { UnitPick } from '../units/UnitPick';
import { type AuditFilter, midnight, takePack, useAuditSeals } from './api';

const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

export function PackSheet({ filter, onClose }: { filter: AuditFilter; onClose: () => void }) {
  const t = useText();
  const change = useChange();
  const seals = useAuditSeals();
  const [from, setFrom] = useState(filter.from || today());
  const [to, setTo] = useState(filter.to || today());
  const [unit, setUnit] = useState(filter.unit);
  const [reason, setReason] = useState('');
  const [begin, end] = [midnight(from), midnight(to, 1)];
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!begin || !end) return;
    const file = await change.run(() => takePack({ from: begin, to: end, unit_id: unit?.id ?? null, reason }));
    if (!file) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `audit-${from}-${to}.pack`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    onClose();
  }
  return (
    <Sheet title={t('audit.pack')} isOpen onClose={onClose}>
      <form className="form form-two audit-pack" onSubmit={submit} noValidate>
        <p className="form-wide">{t('audit.pack_text')}</p>
        <label className="field">
          <span>{t('audit.from')}</span>
          <input type="date" className="input" required max={to || undefined} value={from} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label className="field">
          <span>{t('audit.to')}</span>
          <input type="date" className="input" required min={from || undefined} value={to} onChange={(event) => setTo(event.target.value)} />
        </label>
        <div className="form-wide">
          <UnitPick label={t('audit.unit')} value={unit} onChange={setUnit} />
        </div>
        <div className="form-wide">
          <Field label={t('terminal.reason')} help={t('terminal.reason_help')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
        </div>
        <p className="form-wide muted">
          {t('audit.fingerprint')} <span className="mono">{seals.data?.fingerprint ?? '…'}</span>
        </p>
        <div role="alert" className="form-wide">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" icon="download" isDisabled={change.busy || !begin || !end}>
            {t('audit.pack_take')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
