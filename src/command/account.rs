//! `motorpool account`: the first people of an installation, and a way back in for whoever forgot a password.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Login, Role};
use dispatch::audit::{Action as AuditAction, By, Entry, Subject, SubjectKind};
use dispatch::password::PasswordPolicy;
use dispatch::unit::{Level, Unit, UnitId};
use fleet_db::account::NewAccount;
use fleet_db::password::PasswordKind;
use fleet_db::{Clock, DbError, PgConnection};
use serde_json::json;
use uuid::Uuid;

use crate::config::{self, Source};
use crate::logging;
use crate::problem::Problem;
use crate::serve::Store;

/// Adds an account, or gives one a new password; the password is made up, printed once, and to be changed at the first sign-in.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  motorpool account add --login zhang --name 张三 --role dispatcher\n  motorpool account password --login zhang"
)]
pub(crate) struct Args {
    /// The configuration file; without it ./motorpool.toml, when it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of everything the service keeps itself; the service on it must be stopped.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Adds an account at the top of the tree of units.
    Add {
        /// The name to sign in with: lower-case letters, digits, `-`, `_`, `.`, `@`.
        #[arg(long)]
        login: Login,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// One of `dispatcher`, `unit_leader`, `fleet_manager`, `inspector`, `system_admin`, …
        #[arg(long)]
        role: Role,
        /// The password is for a program that signs in: it need not be changed first.
        #[arg(long)]
        program: bool,
    },
    /// Gives an account a new password and lifts its lock.
    Password {
        /// The name to sign in with.
        #[arg(long)]
        login: Login,
        /// Also takes the second factor away, for who lost it and the recovery codes.
        #[arg(long)]
        without_second_factor: bool,
    },
}

/// Does it, and prints the password.
pub(crate) async fn run(args: Args, clock: Clock) -> anyhow::Result<ExitCode> {
    logging::start_quiet()?;
    let config = config::load(&Source::of_process(args.config, args.data))?;
    let store = Store::open(&config.database).await?;
    let outcome = act(&store, args.action, clock()).await;
    store.close().await;
    let (login, password) = outcome?;
    writeln!(io::stdout(), "login     {login}\npassword  {password}").context("cannot write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

async fn act(store: &Store, action: Action, now: DateTime<Utc>) -> anyhow::Result<(Login, String)> {
    let mut tx = fleet_db::begin(&store.pool).await?;
    let (done, entry) = match action {
        Action::Add { login, name, role, program } => {
            let kind = if program { PasswordKind::Chosen } else { PasswordKind::Temporary };
            let (password, entry) = add(&mut tx, &login, name, role, kind, now).await?;
            ((login, password), entry)
        }
        Action::Password { login, without_second_factor } => {
            let id = fleet_db::account::find(&mut tx, &login).await?.ok_or_else(|| {
                Problem::new("account.unknown", format!("there is no account {login}"), "add it with `motorpool account add`")
            })?;
            let (password, hash) = make_password()?;
            let keep = PasswordPolicy::default().not_reused;
            fleet_db::password::set(&mut tx, id, &hash, PasswordKind::Temporary, keep, now).await?;
            fleet_db::session::delete_all(&mut tx, id, None, None).await?;
            if without_second_factor {
                match fleet_db::second_factor::remove(&mut tx, id).await {
                    Ok(()) | Err(DbError::NotFound) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let subject = Subject::of(SubjectKind::Account, id.0, login.as_str());
            let after = json!({ "temporary": true, "second_factor_removed": without_second_factor });
            ((login, password), Entry::new(AuditAction::PasswordSet, subject).after(after))
        }
    };
    let by = By::command_line(&super::user(), "");
    let _told = fleet_db::audit::append(&mut tx, &by, &entry, now).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(done)
}

/// The account that a fresh installation begins with, so that somebody can sign in; `None` when there are accounts.
pub(crate) async fn first(store: &Store, now: DateTime<Utc>) -> anyhow::Result<Option<(Login, String)>> {
    let mut tx = fleet_db::begin(&store.pool).await?;
    if fleet_db::account::any(&mut tx).await? {
        return Ok(None);
    }
    let login: Login = "admin".parse()?;
    let (password, entry) =
        add(&mut tx, &login, "系统管理员".to_owned(), Role::SystemAdmin, PasswordKind::Temporary, now).await?;
    let _told = fleet_db::audit::append(&mut tx, &By::system("first start"), &entry, now).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(Some((login, password)))
}

async fn add(
    conn: &mut PgConnection,
    login: &Login,
    name: String,
    role: Role,
    kind: PasswordKind,
    now: DateTime<Utc>,
) -> anyhow::Result<(String, Entry)> {
    let unit = top_unit(conn, now).await?;
    let (password, password_hash) = make_password()?;
    let id = AccountId(Uuid::now_v7());
    let account = NewAccount { id, login: login.clone(), display_name: name, password_hash: password_hash.clone(), role, unit };
    fleet_db::account::insert(conn, &account, now).await.map_err(|error| match error {
        DbError::Conflict(_) => anyhow::Error::new(Problem::new(
            "account.exists",
            format!("there is an account {login} already"),
            "choose another login, or give it a new password with `motorpool account password`",
        )),
        other => other.into(),
    })?;
    fleet_db::password::set(conn, id, &password_hash, kind, 0, now).await?;
    let entry = Entry::new(AuditAction::Created, Subject::of(SubjectKind::Account, id.0, login.as_str()))
        .in_unit(unit)
        .after(json!({ "display_name": account.display_name, "role": role, "unit_id": unit }));
    Ok((password, entry))
}

/// The unit at the top; a fresh installation gets one to begin with.
async fn top_unit(conn: &mut PgConnection, now: DateTime<Utc>) -> anyhow::Result<UnitId> {
    if let Some(top) = fleet_db::unit::top(conn).await? {
        return Ok(top);
    }
    let unit = Unit::new(UnitId(Uuid::now_v7()), None, "本单位", Level::City, "000000".parse()?);
    fleet_db::unit::insert(conn, &unit, now).await?;
    Ok(unit.id)
}

fn make_password() -> anyhow::Result<(String, String)> {
    let password = web::password::made_up();
    let hash = web::password::hash(&password)?;
    Ok((password, hash))
}
