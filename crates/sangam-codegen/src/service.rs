//! The services that are generated, and the names their Rust items take.

/// One service: its model file and the names in `sangam-api`.
#[derive(Debug)]
pub(crate) struct Service {
    /// Module of `sangam-api`, and folder of the generated files.
    pub(crate) module: &'static str,
    /// File name in `model/`.
    pub(crate) model: &'static str,
    /// Name of the trait that a server implements.
    pub(crate) trait_name: &'static str,
    /// Name of the enum of operations.
    pub(crate) operation: &'static str,
    /// Name of the enum of parsed requests.
    pub(crate) request: &'static str,
    /// What its requests are about.
    pub(crate) subject: Subject,
}

/// The resource that most requests of a service name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    Index,
    Secret,
}

/// All services, in the order in which they are generated.
pub(crate) const SERVICES: [Service; 2] = [
    Service {
        module: "kendra",
        model: "kendra-2019-02-03.json",
        trait_name: "Kendra",
        operation: "KendraOperation",
        request: "KendraRequest",
        subject: Subject::Index,
    },
    Service {
        module: "secretsmanager",
        model: "secretsmanager-2017-10-17.json",
        trait_name: "SecretsManager",
        operation: "SecretsOperation",
        request: "SecretsRequest",
        subject: Subject::Secret,
    },
];
