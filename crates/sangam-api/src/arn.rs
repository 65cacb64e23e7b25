//! ARNs of indices and of what belongs to them.
//!
//! Form: `arn:aws:kendra:<region>:<account>:index/<id>[/<kind>/<id>]`. Infrastructure clients compose ARNs from their own partition, region
//! and account, so when one comes in only its resource path counts.

use crate::context::RequestContext;
use crate::string_enum::string_enum;

string_enum! {
    /// What can belong to an index and have an ARN.
    pub enum ResourceKind {
        /// `data-source`
        DataSource = "data-source",
        /// `faq`
        Faq = "faq",
        /// `thesaurus`
        Thesaurus = "thesaurus",
        /// `query-suggestions-block-list`
        QuerySuggestionsBlockList = "query-suggestions-block-list",
        /// `featured-results-set`
        FeaturedResultsSet = "featured-results-set",
        /// `experience`
        Experience = "experience",
        /// `access-control-configuration`
        AccessControlConfiguration = "access-control-configuration",
    }
}

/// What an ARN points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourcePath<'a> {
    /// Id of the index.
    pub index_id: &'a str,
    /// What of the index, with its id; nothing for the index itself.
    pub child: Option<(ResourceKind, &'a str)>,
}

/// The ARN of an index, in the request's region and account.
pub fn index(ctx: &RequestContext, index_id: &str) -> String {
    format!("arn:aws:kendra:{}:{}:index/{index_id}", ctx.region, ctx.account_id)
}

/// The ARN of something that belongs to an index.
pub fn child(ctx: &RequestContext, index_id: &str, kind: ResourceKind, id: &str) -> String {
    format!("{}/{kind}/{id}", index(ctx, index_id))
}

/// The resource path of an ARN of any partition, service, region and account; nothing if it is not of the form above.
pub fn parse(arn: &str) -> Option<ResourcePath<'_>> {
    let mut fields = arn.splitn(6, ':');
    if fields.next() != Some("arn") {
        return None;
    }
    let resource = fields.nth(4)?;
    let mut path = resource.split('/');
    if path.next() != Some("index") {
        return None;
    }
    let index_id = path.next().filter(|id| !id.is_empty())?;
    let child = match (path.next(), path.next(), path.next()) {
        (None, _, _) => None,
        (Some(kind), Some(id), None) if !id.is_empty() => Some((kind.parse().ok()?, id)),
        _ => return None,
    };
    Some(ResourcePath { index_id, child })
}

/// The index of an ARN's resource path.
pub fn index_id(arn: &str) -> Option<&str> {
    parse(arn).map(|path| path.index_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_can_be_parsed() {
        let ctx = RequestContext::for_tests();
        assert_eq!(index(&ctx, "i"), "arn:aws:kendra:eu-west-1:000000000000:index/i");
        assert_eq!(parse(&index(&ctx, "i")), Some(ResourcePath { index_id: "i", child: None }));
        for &kind in ResourceKind::ALL {
            let arn = child(&ctx, "i", kind, "c");
            assert_eq!(parse(&arn), Some(ResourcePath { index_id: "i", child: Some((kind, "c")) }));
        }
    }

    #[test]
    fn partition_region_and_account_may_be_anything() {
        assert_eq!(index_id("arn:aws-cn:kendra:::index/i/faq/f"), Some("i"));
        assert_eq!(index_id("arn:aws:kendra:us-west-2:123456789012:index/i"), Some("i"));
    }

    #[test]
    fn other_forms_point_at_nothing() {
        for arn in [
            "",
            "index/i",
            "arn:aws:kendra:r:a",
            "arn:aws:kendra:r:a:index",
            "arn:aws:kendra:r:a:index/",
            "arn:aws:kendra:r:a:index/i/",
            "arn:aws:kendra:r:a:index/i/faq",
            "arn:aws:kendra:r:a:index/i/faq/",
            "arn:aws:kendra:r:a:index/i/fax/f",
            "arn:aws:kendra:r:a:index/i/faq/f/g",
            "arn:aws:s3:::bucket",
        ] {
            assert_eq!(parse(arn), None, "{arn}");
        }
    }
}
