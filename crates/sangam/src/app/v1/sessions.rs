//! `sessions`: who is signed in, in which browser.

use sangam_api::ApiError;
use sangam_server::V1Request;
use serde_json::{Value, json};

use super::Endpoints;
use super::accounts::refused;

impl Endpoints {
    pub(super) async fn sessions(&self, request: &V1Request, below: &[&str]) -> Result<Value, ApiError> {
        let sessions = &self.people.sessions;
        if let ("DELETE", [id]) = (request.method.as_str(), below) {
            let ended = sessions.end_by_id(id).await.map_err(refused)?;
            return if ended { Ok(json!({})) } else { Err(ApiError::not_found(format!("session `{id}` not found"))) };
        }
        let listed = sessions.list().await.map_err(refused)?;
        let shown = listed.iter().map(|session| {
            json!({
                "id": session.id,
                "subject": session.identity.subject,
                "name": session.identity.name,
                "role": session.identity.role.as_str(),
                "createdAt": session.created_at,
                "seenAt": session.seen_at,
                "expiresAt": session.expires_at,
                "address": session.address,
                "agent": session.agent,
            })
        });
        Ok(json!({ "sessions": shown.collect::<Vec<_>>() }))
    }
}
