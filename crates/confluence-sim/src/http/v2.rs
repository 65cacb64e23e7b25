//! `/wiki/api/v2`: cursors, string ids, and 404 for whatever the caller may not know of.

pub(crate) mod admin_key;
pub(crate) mod attachments;
pub(crate) mod comments;
pub(crate) mod custom_content;
pub(crate) mod json;
pub(crate) mod labels;
pub(crate) mod pages;
pub(crate) mod roles;
pub(crate) mod spaces;
pub(crate) mod tree;
pub(crate) mod users;
