/** Writes a lesson into the file of a driver (登记学习). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { type Driver, driverPath, type Study } from './api';
import { DayField } from './FileSheet';

/** Today in Beijing. */
const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

export function StudySheet({ driver, onClose, onDone }: { driver: Driver; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const [on, setOn] = useState(today);
  const [topic, setTopic] = useState('');
  const [length, setLength] = useState('1');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const minutes = Math.round(Number(length) * 60) || 0;
    if (await change.run((key) => post<Study>(driverPath(driver.id, '/studies'), { on, topic, minutes }, key))) onDone();
  }
  return (
    <Sheet title={t('drivers.learn')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <DayField label={t('drivers.study_on')} value={on} onChange={setOn} error={change.field('on')} />
        <Field label={t('drivers.study_topic')} autoFocus value={topic} onChange={setTopic} error={change.field('topic')} autoComplete="off" />
        <Field label={t('drivers.study_hours')} inputMode="decimal" value={length} onChange={setLength} error={change.field('minutes')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || on === ''}>
            {t('drivers.learn')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
