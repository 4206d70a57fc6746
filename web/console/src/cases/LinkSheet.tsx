/** Links a case with what was found (关联疑点): those of the unit, those of the car that it names first. */

import { useId, useState } from 'react';
import { useChange } from '../admin/use-change';
import { post } from '../api/client';
import { useFindings } from '../findings/api';
import { KindName, StateMark } from '../findings/marks';
import { useText } from '../i18n';
import { dateTime, plate } from '../ui/format';
import { Button, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Case, casePath, ofCarFirst } from './api';

export function LinkSheet({ one, onClose, onDone }: { one: Case; onClose: () => void; onDone: () => void }) {
  const t = useText();
  const name = useId();
  const change = useChange();
  const findings = useFindings({ state: '', kind: '', unit_id: one.unit_id });
  const [chosen, setChosen] = useState(one.finding_id);
  const items = ofCarFirst(findings.data?.pages.flatMap((page) => page.items) ?? [], one.plate);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (chosen && (await change.run((key) => post<Case>(casePath(one.id, '/finding'), { finding_id: chosen }, key)))) onDone();
  }
  return (
    <Sheet title={t('cases.do_link')} isOpen onClose={onClose} wide>
      <form className="form" onSubmit={submit} noValidate>
        <p className="muted">{t('cases.link_text', { unit: one.unit_name })}</p>
        {findings.isPending ? (
          <Skeleton rows={4} kind="row" />
        ) : findings.isError && !findings.data ? (
          <Failed error={findings.error} retry={() => void findings.refetch()} />
        ) : items.length === 0 ? (
          <Empty title={t('cases.nothing_found')} />
        ) : (
          <fieldset className="heads">
            <legend>{t('cases.found')}</legend>
            {items.map((item) => (
              <label key={item.id} className="link-choice">
                <input type="radio" name={name} checked={chosen === item.id} onChange={() => setChosen(item.id)} />
                <span>
                  <strong>{plate(item.plate)}</strong> <KindName finding={item} />
                  <small className="muted row-line num">
                    {dateTime(item.at)}
                    {item.order?.number ? ` · ${item.order.number}` : ''}
                  </small>
                </span>
                <StateMark state={item.state} />
              </label>
            ))}
            {findings.hasNextPage && (
              <Button look="quiet" isDisabled={findings.isFetchingNextPage} onPress={() => void findings.fetchNextPage()}>
                {t('findings.more')}
              </Button>
            )}
          </fieldset>
        )}
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !chosen || chosen === one.finding_id}>
            {t('cases.do_link')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
