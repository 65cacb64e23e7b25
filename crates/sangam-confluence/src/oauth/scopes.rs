//! The scopes that a grant is asked for.

/// What a crawl of Confluence Cloud needs: classic scopes open the first generation of the interface, granular ones the second. All of
/// them read. More than about fifty make the token too large to be sent.
pub const CLOUD_SCOPES: [&str; 33] = [
    // Without it there is no refresh token.
    "offline_access",
    "read:confluence-content.all",
    "read:confluence-content.permission",
    "read:confluence-content.summary",
    "read:confluence-groups",
    "read:confluence-user",
    "readonly:content.attachment:confluence",
    "search:confluence",
    "read:attachment:confluence",
    "read:audit-log:confluence",
    "read:blogpost:confluence",
    "read:comment:confluence",
    "read:configuration:confluence",
    "read:content-details:confluence",
    "read:content.metadata:confluence",
    "read:content.permission:confluence",
    "read:content.restriction:confluence",
    "read:content:confluence",
    "read:custom-content:confluence",
    "read:database:confluence",
    "read:embed:confluence",
    "read:folder:confluence",
    "read:group:confluence",
    "read:hierarchical-content:confluence",
    "read:label:confluence",
    "read:page:confluence",
    "read:permission:confluence",
    "read:space-details:confluence",
    "read:space.permission:confluence",
    "read:space:confluence",
    "read:task:confluence",
    "read:user:confluence",
    "read:whiteboard:confluence",
];

/// What a crawl of Data Center needs. The grant acts as the person who consents, with that person's rights.
pub const DATA_CENTER_SCOPE: &str = "READ";
