//! The commands that were answered lately, on disk: one that comes again after a restart must not be obeyed again.

use redb::{ReadableDatabase as _, ReadableTable as _, TableDefinition};

use super::{Spool, SpoolError, store};

/// By number, rising: the command's own name, and the code of why it was refused.
const ANSWERS: TableDefinition<'_, u64, (&str, Option<&str>)> = TableDefinition::new("answers");

/// A command and its answer (指令应答记录): its own name, and the code of why it was refused.
pub type Answer = (String, Option<String>);

impl Spool {
    /// The answers that are kept, oldest first.
    pub fn answers(&self) -> Result<Vec<Answer>, SpoolError> {
        let transaction = self.database.begin_read().map_err(store)?;
        let table = match transaction.open_table(ANSWERS) {
            Ok(table) => table,
            // Written by a version that kept none.
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(store(error)),
        };
        let kept = table.iter().map_err(store)?.map(|row| {
            let (_, answer) = row.map_err(store)?;
            let (id, code) = answer.value();
            Ok((id.to_owned(), code.map(str::to_owned)))
        });
        kept.collect()
    }

    /// Keeps an answer for good, and no more than the `most` newest.
    pub fn keep_answer(&self, id: &str, code: Option<&str>, most: u64) -> Result<(), SpoolError> {
        let transaction = self.database.begin_write().map_err(store)?;
        {
            let mut table = transaction.open_table(ANSWERS).map_err(store)?;
            let next = table.last().map_err(store)?.map_or(0, |(number, _)| number.value() + 1);
            table.insert(next, (id, code)).map_err(store)?;
            while table.first().map_err(store)?.is_some_and(|(number, _)| number.value() + most <= next) {
                table.pop_first().map_err(store)?;
            }
        }
        transaction.commit().map_err(store)
    }
}
