/** A value in full: a number, a list or a table; and what is new about it beside what was. */

import { useText } from '../i18n';
import { NONE } from '../ui/format';
import type { Row, Shape, Value } from './api';
import { amount, cellText, changedRows, columnName, word } from './value';

export function ValueView({ value, shape }: { value: Value; shape: Shape }) {
  const t = useText();
  if (value === null) return <span className="muted">{t('rules.as_above')}</span>;
  if (typeof value === 'number') return <strong className="rule-number num">{shape.bounds ? amount(value, shape.bounds) : value}</strong>;
  if (shape.kind === 'texts') {
    return (
      <ul className="rule-texts">
        {(value as string[]).map((text) => (
          <li key={text}>{word(text)}</li>
        ))}
      </ul>
    );
  }
  return (
    <div className="table-scroll rule-table" tabIndex={0} role="group" aria-label={t('rules.value')}>
      <table>
        <thead>
          <tr>
            {shape.columns.map((column) => (
              <th key={column.name} scope="col">
                {columnName(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(value as Row[]).map((row, index) => (
            <tr key={index}>
              {shape.columns.map((column) => (
                <td key={column.name} className={column.bounds ? 'num' : undefined}>
                  {cellText(row[column.name], column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What becomes of a value: the old struck out, the new beside it. */
export function Difference({ before, after, shape }: { before: Value; after: Value; shape: Shape }) {
  const t = useText();
  if (shape.kind === 'table') {
    const rows = changedRows((before as Row[] | null) ?? [], (after as Row[] | null) ?? [], shape.columns);
    if (rows.length === 0) return <p className="muted">{t('rules.unchanged')}</p>;
    return (
      <div className="table-scroll rule-table" tabIndex={0} role="group" aria-label={t('rules.difference')}>
        <table>
          <thead>
            <tr>
              {shape.columns.map((column) => (
                <th key={column.name} scope="col">
                  {columnName(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ row, was, gone }, index) => (
              <tr key={index}>
                {shape.columns.map((column) => {
                  const [then, now] = [was ? cellText(was[column.name], column) : '', gone ? '' : cellText(row[column.name], column)];
                  return (
                    <td key={column.name} className={column.bounds ? 'num' : undefined}>
                      {then === now ? now : <Turn then={then} now={now} />}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    );
  }
  if (shape.kind === 'texts') {
    const [old, now] = [(before as string[] | null) ?? [], (after as string[] | null) ?? []];
    return (
      <ul className="rule-texts">
        {now.map((text) => (
          <li key={text}>{old.includes(text) ? word(text) : <ins>{word(text)}</ins>}</li>
        ))}
        {old
          .filter((text) => !now.includes(text))
          .map((text) => (
            <li key={text}>
              <del>{word(text)}</del>
            </li>
          ))}
      </ul>
    );
  }
  const say = (value: Value) => (typeof value === 'number' && shape.bounds ? amount(value, shape.bounds) : NONE);
  return (
    <p className="rule-number num">
      {say(before) === say(after) ? t('rules.unchanged') : <Turn then={say(before)} now={say(after)} />}
    </p>
  );
}

function Turn({ then, now }: { then: string; now: string }) {
  return (
    <>
      {then && <del>{then}</del>} {now && <ins>{now}</ins>}
    </>
  );
}
