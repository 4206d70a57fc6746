//! The section `web.oidc`: the identity provider that may vouch for people.

use serde::{Deserialize, Serialize};

use super::Secret;

/// Sign-in by an identity provider (统一身份认证): OIDC, authorization code with PKCE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oidc {
    /// The provider's address as it stands in its tokens, `https://…`; without it there is no such sign-in.
    pub issuer: Option<String>,
    /// The name under which the provider knows us.
    pub client_id: String,
    /// What we prove ourselves with to the provider.
    pub client_secret: Option<Secret>,
    /// Where the provider sends people back: our address as browsers know it, and `/api/v1/session/oidc/return`.
    pub redirect_url: String,
    /// What the provider is asked for; `openid` is always among it.
    pub scopes: Vec<String>,
    /// How an account is recognised the first time: `subject`, or `preferred_username` where that is the staff number.
    pub bind_by: BindBy,
    /// What the button says, in Chinese.
    pub title_zh: String,
    /// What the button says, in English.
    pub title_en: String,
    /// Seconds that the provider may take for an answer.
    pub timeout_secs: u32,
    /// Seconds for which the provider's keys are kept; an unknown one is asked for at once.
    pub keys_secs: u32,
    /// Seconds by which the provider's clock may differ from ours.
    pub leeway_secs: u32,
    /// Seconds that a person may take at the provider.
    pub wait_secs: u32,
}

/// How an account is recognised the first time (绑定方式).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BindBy {
    /// By the provider's own key of the person (`sub`).
    #[default]
    Subject,
    /// By the claim `preferred_username`; from then on by the subject that came with it.
    PreferredUsername,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: String::new(),
            client_secret: None,
            redirect_url: String::new(),
            scopes: vec!["openid".to_owned(), "profile".to_owned()],
            bind_by: BindBy::default(),
            title_zh: "统一身份认证登录".to_owned(),
            title_en: "Sign in with the government identity".to_owned(),
            timeout_secs: 10,
            keys_secs: 3600,
            leeway_secs: 60,
            wait_secs: 600,
        }
    }
}
