//! Calls from inside the process: the console's. From the JSON on, they take the same way as a signed request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use sangam_api::{ApiError, ErrorKind, RequestContext};
use serde_json::Value;
use tracing::{Instrument as _, info, info_span};
use uuid::Uuid;

use super::app::App;
use super::metrics::Labels;
use super::operation::{Call, Operation};
use super::permission::{self, Wish};
use super::service::Service;
use super::task;
use super::trail::{self, Deed};
use super::v1::{self, V1Request};
use crate::policy::Policy;

/// The region in ARNs where the settings name none.
const REGION: &str = "us-east-1";

/// Somebody whom the process itself vouches for.
#[derive(Clone, Debug)]
pub struct Insider {
    /// Who it is, in denials and in the audit trail: `local:ada`.
    pub name: String,
    /// From where, in the audit trail.
    pub address: Option<IpAddr>,
    /// What it may do.
    pub policy: Policy,
}

impl App {
    /// Calls an operation of Kendra or Secrets Manager by its name in policies, such as `kendra:CreateIndex`, with its input as JSON.
    ///
    /// # Errors
    /// What a client would get for the same request, `AccessDeniedException` included.
    pub async fn call(self: &Arc<Self>, insider: &Insider, operation: &str, input: &Value) -> Result<Value, ApiError> {
        let named = Operation::named(operation);
        let operation = named.ok_or_else(|| ApiError::internal(format!("there is no operation `{operation}`")))?;
        let (service, name) = (operation.service(), operation.name());
        let body = Bytes::from(input.to_string());
        let ctx = self.inside_context(insider);
        let work = async {
            let call = operation.parse(&body)?;
            let subject = call.subject().map(str::to_owned);
            let index_id = call.index_id().map(str::to_owned);
            let about = trail::subject(&call, name);
            let wish = Wish { service, operation: name, index_id: index_id.as_deref(), subject: subject.as_deref() };
            let done = self.run_inside(insider, &ctx, &wish, call).await;
            let deed = Deed { insider: &insider.name, address: insider.address, service, operation: name };
            trail::note(self, &deed, about(&done).as_deref(), done.as_ref().err()).await;
            done
        };
        let answer = self.count(service, name, &ctx, work).await?;
        serde_json::from_slice(&answer).map_err(|_| service.fault("the operation's answer is no JSON"))
    }

    /// Calls an endpoint below `/sangam/v1`.
    ///
    /// # Errors
    /// What a client would get for the same request.
    pub async fn call_v1(self: &Arc<Self>, insider: &Insider, request: V1Request) -> Result<Value, ApiError> {
        // Whatever the request says of it: the check below and the endpoint go by the same policy.
        let request = V1Request { policy: insider.policy.clone(), ..request };
        let unknown = || ApiError::new(ErrorKind::UnknownOperation, "there is no such endpoint below `/sangam/v1`");
        let endpoints = self.services.v1.clone().ok_or_else(unknown)?;
        let action = endpoints.action(&request).ok_or_else(unknown)?;
        let (service, operation) = (Service::Sangam, action.operation);
        let ctx = self.inside_context(insider);
        let work = async {
            let index_id = action.index_id.as_deref();
            let wish = Wish { service, operation, index_id, subject: index_id };
            let done = v1::run(self, ctx.clone(), &wish, endpoints, request, ()).await;
            let deed = Deed { insider: &insider.name, address: insider.address, service, operation };
            trail::note(self, &deed, action.subject(&done), done.as_ref().err()).await;
            done
        };
        self.count(service, operation, &ctx, work).await
    }

    async fn run_inside(
        self: &Arc<Self>,
        insider: &Insider,
        ctx: &RequestContext,
        wish: &Wish<'_>,
        call: Call,
    ) -> Result<Vec<u8>, ApiError> {
        permission::check(&insider.policy, ctx, wish)?;
        let turn = self.turn().await?;
        let (shared, ctx) = (Arc::clone(self), ctx.clone());
        task::owned(self, wish.service, async move {
            let answer = call.run(&shared.services, &ctx).await;
            drop(turn);
            answer
        })
        .await
    }

    fn inside_context(&self, insider: &Insider) -> RequestContext {
        RequestContext {
            request_id: Uuid::new_v4().to_string(),
            region: self.settings.region.clone().unwrap_or_else(|| REGION.to_owned()),
            account_id: self.settings.account_id.clone(),
            access_key_id: insider.name.clone(),
        }
    }

    /// One line in the log and one count, as for a request from outside.
    async fn count<T>(
        &self,
        service: Service,
        operation: &'static str,
        ctx: &RequestContext,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let started = Instant::now();
        let span = info_span!("call", request.id = ctx.request_id, operation);
        let result = work.instrument(span.clone()).await;
        let (duration, code) = (started.elapsed(), result.as_ref().err().map_or("OK", ApiError::code));
        self.metrics.record(Labels { service: service.name(), operation, code }, duration);
        let duration_ms = duration.as_millis() as u64;
        span.in_scope(|| info!(operation, code, duration_ms, "answered `{operation}` from inside with `{code}`"));
        result
    }
}
