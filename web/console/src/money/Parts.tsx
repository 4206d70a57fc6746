/** What each of several requests that shared the car pays of a settlement (拼车分摊); together they are the total. */

import { useText } from '../i18n';
import { km, yuan } from '../trips/words';
import { number } from '../ui/format';
import type { Settlement } from './api';

export function Parts({ settlement }: { settlement: Settlement }) {
  const t = useText();
  if (settlement.parts.length === 0) return null;
  return (
    <div className="money-lines-scroll">
      <table className="money-lines">
        <caption className="muted">{t('settle.parts')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('settle.column_unit')}</th>
            <th scope="col">{t('settle.part_request')}</th>
            <th scope="col">{t('settle.part_seats')}</th>
            <th scope="col">{t('settle.part_way')}</th>
            <th scope="col">{t('settle.amount')}</th>
          </tr>
        </thead>
        <tbody>
          {settlement.parts.map((part) => (
            <tr key={part.request_id}>
              <th scope="row">{part.unit_name}</th>
              <td className="mono">{part.request_number}</td>
              <td className="num">{number(part.seats)}</td>
              <td className="num">{km(part.distance_m)}</td>
              <td className="num">{yuan(part.amount_fen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
