/** One rule with what it is, what holds and the whole line of its versions. */

import { language, useText } from '../i18n';
import { dateTime, dayName } from '../ui/format';
import { Button, Sheet } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { type Asked, type Rule, useRule, type Version } from './api';
import { brief } from './value';
import { ValueView } from './ValueView';

interface Props {
  ruleKey: string;
  asked: Asked;
  onClose: () => void;
  onPropose: ((rule: Rule) => void) | null;
}

export function RuleSheet({ ruleKey, asked, onClose, onPropose }: Props) {
  const t = useText();
  const detail = useRule(ruleKey, asked);
  const rule = detail.data?.rule;
  const title = rule ? (language() === 'en' ? rule.title_en : rule.title_zh) : t('rules.title');
  return (
    <Sheet title={title} isOpen onClose={onClose} wide>
      {detail.isPending ? (
        <Skeleton rows={5} />
      ) : !rule || !detail.data ? (
        <Failed error={detail.error} retry={() => void detail.refetch()} />
      ) : (
        <>
          <ValueView value={rule.value} shape={rule.shape} />
          <dl className="rule-facts">
            <div>
              <dt>{t('rules.local_label')}</dt>
              <dd>{t(`rules.local.${rule.local}`)}</dd>
            </div>
            <div>
              <dt>{t('rules.reader_label')}</dt>
              <dd>{t(`rules.reader.${rule.reader}`)}</dd>
            </div>
            <div>
              <dt>{t('rules.basis')}</dt>
              <dd className="mono">{rule.basis}</dd>
            </div>
            <div>
              <dt>{t('rules.features')}</dt>
              <dd className="mono">{rule.features.join(' ')}</dd>
            </div>
          </dl>
          <h3>{t('rules.timeline')}</h3>
          <ol className="rule-timeline">
            {[...detail.data.versions].reverse().map((version) => (
              <Step key={version.id} version={version} rule={rule} />
            ))}
          </ol>
          {onPropose && (
            <footer className="dialog-foot">
              <Button look="primary" onPress={() => onPropose(rule)}>
                {t('rules.propose')}
              </Button>
            </footer>
          )}
        </>
      )}
    </Sheet>
  );
}

function Step({ version, rule }: { version: Version; rule: Rule }) {
  const t = useText();
  const isHeld = version.id === rule.version?.id;
  return (
    <li data-held={isHeld} aria-current={isHeld ? 'true' : undefined}>
      <p>
        <strong className="num">{version.value === null ? t('rules.as_above') : brief(version.value, rule.shape)}</strong>{' '}
        <span className="num">{t('rules.since', { day: dayName(version.from) })}</span> {isHeld && <span className="tag">{t('rules.held')}</span>}
      </p>
      <p className="muted">
        {version.unit_name ?? t('rules.builtin')} · {version.source}
        {version.document && ` · ${version.document}`}
      </p>
      {version.proposed_by && (
        <p className="muted">{t('rules.people', { proposed: version.proposed_by, approved: version.approved_by, at: dateTime(version.recorded_at) })}</p>
      )}
    </li>
  );
}
