/** The seals (日封存): which days are sealed, up to which entry, and the key that they are checked with. */

import { useText } from '../i18n';
import { dateTime, dayName, number } from '../ui/format';
import { Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { useAuditSeals } from './api';

export function SealSheet({ onClose }: { onClose: () => void }) {
  const t = useText();
  const seals = useAuditSeals();
  const told = seals.data;
  return (
    <Sheet title={t('audit.seals')} isOpen onClose={onClose} wide>
      {seals.isPending ? (
        <Skeleton rows={6} kind="row" />
      ) : !told ? (
        <Failed error={seals.error} retry={() => void seals.refetch()} />
      ) : (
        <div className="audit-seals">
          <p>{t('audit.seals_text', { oldest: number(told.oldest), newest: number(told.newest) })}</p>
          <p>
            {t('audit.fingerprint')} <span className="mono">{told.fingerprint}</span>
          </p>
          <pre className="audit-key" tabIndex={0} aria-label={t('audit.public_key')}>
            {told.public_key}
          </pre>
          {told.items.length === 0 ? (
            <Empty title={t('audit.no_seals')} />
          ) : (
            <div className="table-scroll" tabIndex={0} role="group" aria-label={t('audit.seals')}>
              <table>
                <thead>
                  <tr>
                    {['day', 'through', 'sealed_at', 'by_key'].map((column) => (
                      <th key={column} scope="col">
                        {t(`audit.seal_${column}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {told.items.map((seal) => (
                    <tr key={seal.day}>
                      <th scope="row">{dayName(seal.day)}</th>
                      <td className="num">{number(seal.last_seq)}</td>
                      <td className="num">{dateTime(seal.sealed_at)}</td>
                      <td>
                        <span className={`state state-${seal.is_ours ? 'bound' : 'disabled'}`}>{t(seal.is_ours ? 'audit.our_key' : 'audit.other_key')}</span>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </div>
      )}
    </Sheet>
  );
}
