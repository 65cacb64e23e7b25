#![doc = include_str!("../README.md")]

mod content;
mod dc;
mod demo;
mod documents;
mod error;
mod faults;
mod http;
mod ids;
mod mutate;
mod oauth;
mod people;
mod roles;
mod seed;
mod server;
mod shared;
mod shelf;
mod site;
mod space;
mod visibility;

pub use content::{Content, File, FileBytes, Kind, Label, Operation, Resolution, Restriction, Status, Version};
pub use dc::{DataCenter, DcOptions, DcVersion, EmailVisibility, Hosting, JsonRpc};
pub use demo::{DEMO_CRAWLER_TOKEN, DEMO_QUESTIONS, DemoQuestion};
pub use documents::{Document, Entity};
pub use error::SimError;
pub use faults::{Fault, FaultHook, RequestInfo};
pub use ids::{ContentId, SpaceId};
pub use mutate::NewContent;
pub use oauth::{OAuth, OAuthApp, OtherSite, TokenPair};
pub use people::{AccountStatus, AccountType, Credential, CredentialKind, Group, GroupAccess, User};
pub use roles::{Role, RoleAssignment};
pub use server::{Handle, serve};
pub use shared::SimSite;
pub use site::{Settings, Site, WrongCredentials};
pub use space::{AccessClass, Permission, Space, SpaceStatus, Subject};
pub use visibility::Reader;
