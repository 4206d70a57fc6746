/** A car's whole life on one line (车辆全生命周期): papers, registration, plates and markings; and what is recorded of them. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../i18n';
import { dateTime, plate } from '../ui/format';
import { Button, Sheet } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { type Life, useLife } from './api';
import { type FieldSpec, MARKING, PLATE, REGISTRATION } from './forms';
import { FormSheet } from './FormSheet';
import { lineOf, yuanText } from './words';

const FORMS: Record<string, readonly FieldSpec[]> = { registration: REGISTRATION, plates: PLATE, markings: MARKING };

export function LifeSheet({ vehicle, onClose }: { vehicle: string; onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const life = useLife(vehicle);
  const [form, setForm] = useState<string | null>(null);
  if (form && life.data) {
    return (
      <FormSheet
        title={`${t(`life.record_${form}`)} · ${plate(life.data.plate)}`}
        path={`/vehicles/${vehicle}/${form}`}
        fields={FORMS[form]!}
        units={{ owner_unit_id: { id: life.data.unit_id, name: life.data.unit_name } }}
        given={{ owner_unit_id: life.data.unit_id, owner_name: life.data.unit_name }}
        onClose={() => setForm(null)}
        onDone={() => {
          void queries.invalidateQueries({ queryKey: ['lifecycle'] });
          setForm(null);
        }}
      />
    );
  }
  return (
    <Sheet title={life.data ? t('life.life_of', { plate: plate(life.data.plate) }) : t('life.life')} isOpen onClose={onClose} wide>
      {life.isPending ? <Skeleton rows={5} /> : !life.data ? <Failed error={life.error} retry={() => void life.refetch()} /> : <Told life={life.data} />}
      {life.data?.may_record && (
        <footer className="dialog-foot">
          {Object.keys(FORMS).map((name) => (
            <Button key={name} onPress={() => setForm(name)}>
              {t(`life.record_${name}`)}
            </Button>
          ))}
        </footer>
      )}
    </Sheet>
  );
}

function Told({ life }: { life: Life }) {
  const t = useText();
  const said = life.registration;
  return (
    <div className="life-told" tabIndex={0} role="group" aria-label={t('life.life')}>
      <p>
        {life.model} · {life.unit_name} · {t(`category.${life.category}`)} · {t(`suppliers.power_${life.powertrain}`)}
      </p>
      {said ? (
        <p>
          {t('life.registered', { on: said.registered_on, owner: said.owner_name, price: yuanText(said.price_fen), certificate: said.certificate })}
          {said.is_strangers && <span className="state life-bad">{t('life.stranger')}</span>}
          {said.is_late && <span className="state life-bad">{t('life.late')}</span>}
        </p>
      ) : (
        <p className="muted">{t('life.unregistered')}</p>
      )}
      <p>{life.plates.map((one) => t('life.plate_span', { plate: one.plate, from: one.from, until: one.until ?? t('life.now') })).join('；')}</p>
      <p>{life.markings.length === 0 ? t('life.unmarked') : life.markings.map((one) => t('life.marking_line', { kind: t(`life.kind_${one.kind}`), code: one.code ?? one.document, from: one.from })).join('；')}</p>
      <ol className="life-steps">
        {life.papers.flatMap((paper) => paper.steps.map((step) => ({ paper, step }))).sort((one, other) => other.step.at.localeCompare(one.step.at)).map(({ paper, step }) => (
          <li key={`${paper.id}-${step.to}-${step.at}`}>
            <span className="num">{dateTime(step.at)}</span> <strong>{t(`life.paper_${paper.paper}`)}</strong> {t(`life.move_${step.action}`)} <span className="mono">{paper.number}</span> {lineOf(paper, t)}
          </li>
        ))}
      </ol>
    </div>
  );
}
