/** Looking the car over (车辆检查): five things, two large answers each; what is not well is a defect, and a danger keeps the car. */

import { useState } from 'react';
import { DANGERS, ITEMS, isDanger, type Answer, type CheckBody, type Item } from './checks';
import { go } from './hooks';
import { Field, Head, Tap } from './kit';
import type { Order } from './order';
import { tap } from './terminal';
import { t } from './texts';

export function CheckScreen({ order, kind }: { order: Order; kind: CheckBody['kind'] }) {
  const [answers, setAnswers] = useState<{ [item in Item]?: Answer }>({});
  const answer = (item: Item, change: Partial<Answer>) => setAnswers((all) => ({ ...all, [item]: { item, is_well: true, note: '', is_safety: false, ...all[item], ...change } }));
  const whole = ITEMS.map((item) => answers[item]).filter((one) => one !== undefined);
  const isWhole = whole.length === ITEMS.length;
  const keep = async () => {
    await tap('check', order.id, { kind, items: whole } satisfies CheckBody);
    go(`task/${order.id}`, 'replace');
  };
  return (
    <div className="screen">
      <Head title={t(`driver_app.check_${kind}`)} back={`task/${order.id}`} />
      <main>
        {ITEMS.map((item) => (
          <fieldset key={item} className="item">
            <legend>{t(`driver_app.item_${item}`)}</legend>
            <div className="pair">
              <Tap look="plain" icon="check" name={`${item}-well`} isPressed={answers[item]?.is_well === true} onTap={() => answer(item, { is_well: true, is_safety: false, note: '' })}>
                {t('driver_app.well')}
              </Tap>
              <Tap look="plain" icon="close" name={`${item}-bad`} isPressed={answers[item]?.is_well === false} onTap={() => answer(item, { is_well: false, is_safety: DANGERS.includes(item) })}>
                {t('driver_app.not_well')}
              </Tap>
            </div>
            {answers[item]?.is_well === false && (
              <>
                <Tap look="plain" icon="warn" name={`${item}-danger`} isPressed={answers[item].is_safety} onTap={() => answer(item, { is_safety: !answers[item]?.is_safety })}>
                  {t('driver_app.danger')}
                </Tap>
                <Field label={t('driver_app.defect_note')} name={`${item}-note`} value={answers[item].note} onChange={(note) => answer(item, { note: note.slice(0, 200) })} />
              </>
            )}
          </fieldset>
        ))}
        {isDanger(whole) && (
          <p className="notice notice-bad" role="alert">
            {t('driver_app.kept_note')}
          </p>
        )}
        <Tap look="main" icon="check" name="keep-check" isDisabled={!isWhole} onTap={keep} note={isWhole ? undefined : t('driver_app.check_left', { n: ITEMS.length - whole.length })}>
          {t('driver_app.check_done')}
        </Tap>
      </main>
    </div>
  );
}
