/** What a platform has told by an interface (接收的数据): each record by its number there, as it stands now. */

import { useState } from 'react';
import { useText } from '../i18n';
import { dateTime } from '../ui/format';
import { Button, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Peer, type Traffic, useRecords } from './api';

/** A record on one line: names and values as they came. */
export function line(content: Record<string, unknown>): string {
  return Object.entries(content)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' · ');
}

export function RecordsSheet({ peer, traffic, onClose }: { peer: Peer; traffic: Traffic; onClose: () => void }) {
  const t = useText();
  const [after, setAfter] = useState('');
  const records = useRecords(peer.id, traffic.interface, after);
  return (
    <Sheet title={`${peer.name} · ${traffic.term}`} isOpen onClose={onClose} wide>
      {records.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : !records.data ? (
        <Failed error={records.error} retry={() => void records.refetch()} />
      ) : records.data.items.length === 0 ? (
        <Empty title={t('peers.records_none')} />
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t('peers.records')}>
          <table>
            <thead>
              <tr>
                {['key', 'content', 'at'].map((column) => (
                  <th key={column} scope="col">
                    {t(`peers.records_${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {records.data.items.map((record) => (
                <tr key={record.key}>
                  <th scope="row" className="mono">
                    {record.key}
                  </th>
                  <td>{line(record.content as Record<string, unknown>)}</td>
                  <td className="num">{dateTime(record.changed_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {records.data?.next && <Button onPress={() => setAfter(records.data.next ?? '')}>{t('peers.records_more')}</Button>}
    </Sheet>
  );
}
