/** Writes a value: a number in the unit that people use, a list line by line, a table cell by cell or from a file. */

import { useId, useRef } from 'react';
import { useText } from '../i18n';
import { Button, Field } from '../ui/kit';
import type { Cell, Column, Row, Shape, Value } from './api';
import { columnName, fieldUnit, fromField, readRows, toField, word } from './value';

interface Props {
  shape: Shape;
  value: Value;
  onChange: (value: Value) => void;
  error?: string;
}

export function ValueEditor({ shape, value, onChange, error }: Props) {
  if (shape.kind === 'number') return <NumberEditor shape={shape} value={value} onChange={onChange} error={error} />;
  if (shape.kind === 'texts') return <TextsEditor shape={shape} value={value} onChange={onChange} error={error} />;
  return <TableEditor shape={shape} value={value} onChange={onChange} error={error} />;
}

function NumberEditor({ shape, value, onChange, error }: Props) {
  const t = useText();
  const bounds = shape.bounds!;
  const range = t('rules.range', { min: toField(bounds.min, bounds), max: toField(bounds.max, bounds), unit: fieldUnit(bounds) });
  return (
    <Field
      label={`${t('rules.new_value')} (${fieldUnit(bounds)})`}
      help={range}
      defaultValue={toField(value as Cell, bounds)}
      onChange={(text) => onChange(fromField(text, bounds) as Value)}
      error={error}
      inputMode={bounds.measure === 'time_of_day' ? 'text' : 'decimal'}
      autoComplete="off"
    />
  );
}

function TextsEditor({ shape, value, onChange, error }: Props) {
  const t = useText();
  const note = useId();
  const texts = (value as string[] | null) ?? [];
  if (shape.words.length > 0) {
    return (
      <fieldset className="rule-words" aria-describedby={error ? note : undefined}>
        <legend>{t('rules.new_value')}</legend>
        {shape.words.map((each) => (
          <label key={each} className="bind-choice">
            <input type="checkbox" checked={texts.includes(each)} onChange={(event) => onChange(event.target.checked ? [...texts, each] : texts.filter((text) => text !== each))} />
            {word(each)}
          </label>
        ))}
        {error && (
          <span id={note} className="field-error">
            {error}
          </span>
        )}
      </fieldset>
    );
  }
  return (
    <label className="field" data-invalid={error ? true : undefined}>
      <span>{t('rules.new_lines')}</span>
      <textarea className="input rule-lines" rows={8} defaultValue={texts.join('\n')} onChange={(event) => onChange(event.target.value.split('\n').map((line) => line.trim()).filter(Boolean))} aria-describedby={error ? note : undefined} />
      {error && (
        <span id={note} className="field-error">
          {error}
        </span>
      )}
    </label>
  );
}

function TableEditor({ shape, value, onChange, error }: Props) {
  const t = useText();
  const file = useRef<HTMLInputElement>(null);
  const rows = (value as Row[] | null) ?? [];
  const set = (index: number, column: Column, cell: Cell) => onChange(rows.map((row, at) => (at === index ? { ...row, [column.name]: cell } : row)));
  const blank = () => Object.fromEntries(shape.columns.map((column) => [column.name, column.holds === 'word' ? column.words[0]! : column.bounds ? null : ''])) as Row;
  return (
    <div className="rule-editor">
      <div className="rule-editor-head">
        <span>{t('rules.new_rows')}</span>
        <input ref={file} type="file" accept=".csv,.txt,text/csv,text/plain" className="visually-hidden" tabIndex={-1} aria-label={t('rules.import')} onChange={(event) => void event.target.files?.[0]?.text().then((text) => onChange(readRows(text, shape.columns)))} />
        <Button look="quiet" onPress={() => file.current?.click()}>
          {t('rules.import')}
        </Button>
        <Button look="quiet" icon="plus" onPress={() => onChange([...rows, blank()])}>
          {t('rules.add_row')}
        </Button>
      </div>
      <p className="field-help">{t('rules.import_help', { columns: shape.columns.map(columnName).join(', ') })}</p>
      <div className="table-scroll rule-table">
        <table>
          <thead>
            <tr>
              {shape.columns.map((column) => (
                <th key={column.name} scope="col">
                  {columnName(column)}
                  {column.bounds && ` (${fieldUnit(column.bounds)})`}
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">{t('rules.take_row')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={`${rows.length}-${index}`}>
                {shape.columns.map((column) => (
                  <td key={column.name}>
                    <CellEditor column={column} cell={row[column.name] ?? null} row={index + 1} onChange={(cell) => set(index, column, cell)} />
                  </td>
                ))}
                <td>
                  <Button look="quiet" icon="close" aria-label={`${t('rules.take_row')} ${index + 1}`} onPress={() => onChange(rows.filter((_, at) => at !== index))} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {error && <span className="field-error">{error}</span>}
    </div>
  );
}

function CellEditor({ column, cell, row, onChange }: { column: Column; cell: Cell; row: number; onChange: (cell: Cell) => void }) {
  const label = `${columnName(column)} ${row}`;
  if (column.holds === 'word') {
    return (
      <select className="input pick" aria-label={label} value={String(cell ?? '')} onChange={(event) => onChange(event.target.value)}>
        {column.words.map((each) => (
          <option key={each} value={each}>
            {word(each)}
          </option>
        ))}
      </select>
    );
  }
  if (column.holds === 'day') return <input className="input" type="date" aria-label={label} value={String(cell ?? '')} onChange={(event) => onChange(event.target.value)} />;
  if (column.holds === 'text') return <input className="input" aria-label={label} value={String(cell ?? '')} onChange={(event) => onChange(event.target.value)} />;
  return <input className="input num rule-cell" aria-label={label} inputMode="decimal" defaultValue={toField(cell, column.bounds)} onChange={(event) => onChange(fromField(event.target.value, column.bounds))} />;
}
