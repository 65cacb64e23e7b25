//! Folders, whiteboards, databases and embeds restrict what is below them, and no call shows their view lists. So the site is asked
//! whether those who may view the space may also see the node.
//!
//! The groups and people that the space names are asked first. If all of them pass, there is no layer. Where one does not, the
//! layer is exactly those who passed: people are asked one by one, up to a limit for each sync, and who was not asked is hidden.

use std::collections::{BTreeSet, HashMap};

use futures::{StreamExt, stream};
use sangam_access::{AccessClass, AccountState, Allow, Directory, Layer, Principal, ReaderRequest, SourceDirectory};
use sangam_sync::{Memory, NodeAccess, SourceError};
use serde_json::json;

use super::folder_memory::{FolderMemory, Learnt, people_of};
use crate::{
    access::Principals,
    client::{CONCURRENT_CALLS, Client},
    error::ClientError,
    map::Fingerprint,
    tree::{NodeKind, Tree, TreeNode, unknown},
    walk::{outbox::Outbox, spaces::CrawledSpace},
    wire::PermissionCheck,
};

/// Whether the site answers questions about folders themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accepts {
    NotLearnt,
    Yes,
    No,
}

/// The checks of one sync.
pub(super) struct FolderChecks {
    data_source_id: String,
    checks_left: usize,
    accepts: Accepts,
    is_refused: bool,
    n_not_asked: usize,
    n_hidden: usize,
    site: NodeAccess,
    people: Option<People>,
    memory: FolderMemory,
    /// True once a question of the folder at hand was left without an answer, so that what was learnt is not kept.
    is_unsure: bool,
}

struct People {
    directory: Directory,
    accounts: SourceDirectory,
}

/// Somebody to ask about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Anonymous,
    Group(String),
    User(String),
}

impl FolderChecks {
    pub(super) fn new(data_source_id: &str, checks_max: usize, recheck_minutes: u32) -> Self {
        Self {
            data_source_id: data_source_id.to_owned(),
            checks_left: checks_max,
            accepts: Accepts::NotLearnt,
            is_refused: false,
            n_not_asked: 0,
            n_hidden: 0,
            site: NodeAccess::Open,
            people: None,
            memory: FolderMemory::new(recheck_minutes),
            is_unsure: false,
        }
    }

    /// Allows no more questions than these.
    pub(super) fn limit_checks(&mut self, most: usize) {
        self.checks_left = self.checks_left.min(most);
    }

    /// Takes what earlier runs remembered of folders.
    pub(super) fn set_stored(&mut self, stored: HashMap<String, Memory>) {
        self.memory.set_stored(stored);
        self.accepts = match self.memory.accepts() {
            None => Accepts::NotLearnt,
            Some(true) => Accepts::Yes,
            Some(false) => Accepts::No,
        };
    }

    /// Has the job remember what was learnt; with `all_met` folders that are gone are forgotten.
    pub(super) fn store(&mut self, all_met: bool, outbox: &mut Outbox<'_>) {
        self.memory.store(all_met, outbox);
    }

    pub(super) fn set_site(&mut self, site: &NodeAccess) {
        self.site = site.clone();
    }

    pub(super) fn set_directory(&mut self, directory: &SourceDirectory) {
        self.memory.set_directory(directory);
        self.people = Some(People {
            directory: Directory::new([(self.data_source_id.clone(), directory.clone())], &[]),
            accounts: directory.clone(),
        });
    }

    /// Tells in the report what stays hidden.
    pub(super) fn report(&self, outbox: &mut Outbox<'_>) {
        if self.is_refused {
            outbox.warn(
                "pages below folders are hidden, as the account may not ask who sees a folder; make it a Confluence administrator".into(),
            );
        } else if self.n_hidden > 0 {
            outbox.warn(format!(
                "what is below {} folders is hidden, as it could not be learnt who sees them",
                self.n_hidden
            ));
        }
        if self.n_not_asked > 0 {
            outbox.warn(format!(
                "people were not asked about {} times whether they see a folder, and do not see what is below: `confluence.folder_checks` is used up",
                self.n_not_asked
            ));
        }
    }

    /// Learns the accesses of the folders in `tree`, from the top down, and adds them to `accesses`.
    pub(super) async fn check(
        &mut self,
        client: &Client,
        principals: &Principals,
        space: &CrawledSpace,
        tree: &Tree,
        accesses: &mut HashMap<String, NodeAccess>,
    ) -> Result<(), SourceError> {
        let parents = tree.has_children();
        let folders = tree.down().into_iter().filter(|node| node.kind == NodeKind::Unlisted);
        // What has something below it first: those questions decide about more than one title.
        let (above, alone): (Vec<_>, Vec<_>) = folders.partition(|node| parents.contains(node.id.as_str()));
        for node in above.into_iter().chain(alone) {
            let digest = self.digest(space, tree, node, accesses);
            let access = match self.memory.find(&node.id, &digest) {
                Some(learnt) if learnt.failed.is_none() => learnt.access,
                before => self.learn(client, principals, (space, tree, node), accesses, digest, before).await?,
            };
            self.n_hidden += usize::from(matches!(access, NodeAccess::Unknown { .. }));
            accesses.insert(node.id.clone(), access);
        }
        Ok(())
    }

    /// Asks about a folder, and remembers the answer if it is one. `before` is what an earlier run learnt without asking everybody.
    async fn learn(
        &mut self,
        client: &Client,
        principals: &Principals,
        at: (&CrawledSpace, &Tree, &TreeNode),
        accesses: &HashMap<String, NodeAccess>,
        digest: String,
        before: Option<Learnt>,
    ) -> Result<NodeAccess, SourceError> {
        let asked = before.as_ref().and_then(|before| before.failed.clone()).unwrap_or_default();
        let mut failed = asked;
        let n_not_asked = self.n_not_asked;
        self.is_unsure = false;
        let known = before.as_ref().map(|before| people_of(&before.access)).unwrap_or_default();
        let access = self.access(client, principals, at, accesses, known, &mut failed).await?;
        let is_answer = !self.is_unsure && !self.is_refused && !matches!(access, NodeAccess::Unknown { .. });
        if is_answer {
            let failed = (self.n_not_asked > n_not_asked).then_some(failed);
            self.memory.learn(&at.2.id, digest, access.clone(), failed, before.as_ref());
        }
        Ok(access)
    }

    /// Of where a folder is and of who passes everything above it.
    fn digest(
        &self,
        space: &CrawledSpace,
        tree: &Tree,
        node: &TreeNode,
        accesses: &HashMap<String, NodeAccess>,
    ) -> String {
        let mut hash = Fingerprint::default();
        hash.add(node.parent.as_deref().unwrap_or_default());
        hash.add(&space.space.id);
        for layer in self.layers_above(space, tree, node, accesses) {
            // Ordered sets inside, so that the same layer always reads the same.
            hash.add(&format!("{layer:?}"));
        }
        hash.finish()
    }

    /// Asks who passes a folder. `passed` are known to; `failed` are known not to, and those who are found not to are added.
    async fn access(
        &mut self,
        client: &Client,
        principals: &Principals,
        (space, tree, node): (&CrawledSpace, &Tree, &TreeNode),
        accesses: &HashMap<String, NodeAccess>,
        known: BTreeSet<String>,
        failed: &mut BTreeSet<String>,
    ) -> Result<NodeAccess, SourceError> {
        if self.is_refused {
            return Ok(unknown("the account may not ask who sees it"));
        }
        let NodeAccess::Layer { layer } = &space.access else {
            return Ok(unknown("who may view the space is not known"));
        };
        let Some(target) = self.target(client, tree, node, accesses).await? else {
            return Ok(unknown("it cannot be asked about, nor can a page below it"));
        };
        let mut passed: BTreeSet<Subject> = known.into_iter().map(Subject::User).collect();
        let mut all_pass = true;
        for (subject, answer) in self.ask(client, &target, self.subjects_of(layer)).await? {
            all_pass &= answer == Some(true);
            match answer {
                Some(true) => drop(passed.insert(subject)),
                _ => drop(passed.remove(&subject)),
            }
        }
        if self.is_refused {
            return Ok(unknown("the account may not ask who sees it"));
        }
        if all_pass && self.can_be_asked(layer) {
            return Ok(NodeAccess::Open);
        }
        let above = self.layers_above(space, tree, node, accesses);
        let mut people = self.people_to_ask(&above, &passed);
        people.retain(|subject| !matches!(subject, Subject::User(id) if failed.contains(id)));
        for (subject, answer) in self.ask(client, &target, people).await? {
            match (answer, subject) {
                (Some(true), subject) => drop(passed.insert(subject)),
                (Some(false), Subject::User(id)) => drop(failed.insert(id)),
                _ => {}
            }
        }
        let passed = passed.into_iter().filter_map(|subject| match subject {
            Subject::Anonymous => None,
            Subject::Group(id) => Some(principals.group(&id)),
            Subject::User(id) => Some(principals.user(&id)),
        });
        Ok(NodeAccess::Layer { layer: Layer::only(passed) })
    }

    /// The content to ask about: the node itself, or a page right below it that has no list of its own.
    async fn target(
        &mut self,
        client: &Client,
        tree: &Tree,
        node: &TreeNode,
        accesses: &HashMap<String, NodeAccess>,
    ) -> Result<Option<String>, SourceError> {
        if self.accepts == Accepts::NotLearnt {
            self.accepts = match permission(client, &node.id, &Subject::Anonymous).await {
                Ok(_) => Accepts::Yes,
                Err(ClientError::NotFound { .. } | ClientError::Rejected { .. }) => Accepts::No,
                Err(ClientError::Forbidden { .. }) => {
                    self.is_refused = true;
                    return Ok(None);
                }
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(_) => Accepts::NotLearnt,
            };
            self.checks_left = self.checks_left.saturating_sub(1);
            if self.accepts != Accepts::NotLearnt {
                self.memory.learn_accepts(self.accepts == Accepts::Yes);
            }
        }
        if self.accepts == Accepts::Yes {
            return Ok(Some(node.id.clone()));
        }
        let is_open = |page: &&TreeNode| matches!(accesses.get(&page.id), Some(NodeAccess::Open));
        Ok(tree.child_pages(&node.id).into_iter().find(is_open).map(|page| page.id.clone()))
    }

    /// Whom the space's layer names, as subjects. Everyone with a licence is everyone in the groups that give one.
    fn subjects_of(&self, layer: &Layer) -> Vec<Subject> {
        let Allow::Only(allowed) = &layer.allow else { return vec![Subject::Anonymous] };
        let groups_where = |test: fn(&sangam_access::DirectoryGroup) -> bool| {
            let groups = self.people.iter().flat_map(|people| &people.accounts.groups);
            groups.filter(move |group| test(group)).map(|group| Subject::Group(group.id.clone())).collect::<Vec<_>>()
        };
        let mut subjects = BTreeSet::new();
        for principal in allowed {
            match principal {
                Principal::SourceUser { id, .. } => drop(subjects.insert(Subject::User(id.clone()))),
                Principal::SourceGroup { id, .. } => drop(subjects.insert(Subject::Group(id.clone()))),
                Principal::Class { class: AccessClass::Licensed, .. } => {
                    subjects.extend(groups_where(|group| group.product_access));
                }
                Principal::Class { class: AccessClass::ProductAdmin, .. } => {
                    subjects.extend(groups_where(|group| group.administers));
                }
                Principal::Class { .. } | Principal::User { .. } | Principal::Group { .. } => {}
            }
        }
        subjects.into_iter().filter(|subject| self.is_relevant(subject)).collect()
    }

    /// False for people who pass no space anyway: their failing would say nothing about the folder.
    fn is_relevant(&self, subject: &Subject) -> bool {
        let (Subject::User(id), Some(people)) = (subject, &self.people) else { return true };
        let account = people.accounts.users.iter().find(|user| user.id == *id);
        account.is_some_and(|user| matches!(user.state, AccountState::Active | AccountState::Guest))
    }

    /// True if the subjects of the layer stand for all whom it lets in.
    fn can_be_asked(&self, layer: &Layer) -> bool {
        match &layer.allow {
            Allow::Everyone => true,
            Allow::Only(allowed) => allowed.iter().all(|principal| match principal {
                Principal::Class { class: AccessClass::Licensed | AccessClass::ProductAdmin, .. } => {
                    self.people.is_some()
                }
                Principal::Class { .. } => false,
                _ => true,
            }),
        }
    }

    /// The layers from the site down to what is above the node; an unknown one lets nobody pass.
    fn layers_above(
        &self,
        space: &CrawledSpace,
        tree: &Tree,
        node: &TreeNode,
        accesses: &HashMap<String, NodeAccess>,
    ) -> Vec<Layer> {
        let mut layers: Vec<Layer> = [&self.site, &space.access].into_iter().filter_map(layer_of).collect();
        let mut next = node.parent.clone();
        while let Some(id) = next {
            layers.extend(accesses.get(&id).map_or_else(|| Some(Layer::nobody()), layer_of));
            next = tree.parent(&id);
            if layers.len() > 1000 {
                break;
            }
        }
        layers
    }

    /// People who pass everything above and are not let in by a group that passed.
    fn people_to_ask(&self, above: &[Layer], passed: &BTreeSet<Subject>) -> Vec<Subject> {
        let Some(people) = &self.people else { return Vec::new() };
        let groups = people.accounts.groups.iter().filter(|group| passed.contains(&Subject::Group(group.id.clone())));
        let in_passed_groups: BTreeSet<&String> = groups.flat_map(|group| &group.members).collect();
        let is_asked = |id: &String| {
            let request = ReaderRequest { user: Some(id.clone()), ..ReaderRequest::default() };
            let reader = people.directory.resolve(&request);
            above.iter().all(|layer| layer.passes(&reader))
        };
        let accounts = people.accounts.users.iter();
        accounts
            .filter(|user| matches!(user.state, AccountState::Active | AccountState::Guest))
            .map(|user| &user.id)
            .filter(|id| !in_passed_groups.contains(id) && !passed.contains(&Subject::User((*id).clone())))
            .filter(|id| is_asked(id))
            .map(|id| Subject::User(id.clone()))
            .collect()
    }

    /// Asks about each subject, as long as checks are left. A question that was not asked or answered has no answer, which lets nobody in.
    async fn ask(
        &mut self,
        client: &Client,
        target: &str,
        mut subjects: Vec<Subject>,
    ) -> Result<Vec<(Subject, Option<bool>)>, SourceError> {
        let n_asked = subjects.len().min(self.checks_left);
        self.n_not_asked += subjects.len() - n_asked;
        self.checks_left -= n_asked;
        let not_asked = subjects.split_off(n_asked);
        let mut calls = Vec::with_capacity(subjects.len());
        for subject in subjects {
            calls.push(async move {
                let answer = permission(client, target, &subject).await;
                (subject, answer)
            });
        }
        let mut answers = stream::iter(calls).buffer_unordered(CONCURRENT_CALLS);
        let mut told: Vec<(Subject, Option<bool>)> = not_asked.into_iter().map(|subject| (subject, None)).collect();
        while let Some((subject, answer)) = answers.next().await {
            let passes = match answer {
                Ok(passes) => Some(passes),
                Err(error) if error.ends_the_sync() => return Err(error.into()),
                Err(error) => {
                    self.is_unsure = true;
                    self.is_refused |= matches!(error, ClientError::Forbidden { .. });
                    None
                }
            };
            told.push((subject, passes));
        }
        Ok(told)
    }
}

fn layer_of(access: &NodeAccess) -> Option<Layer> {
    match access {
        NodeAccess::Open => None,
        NodeAccess::Layer { layer } => Some(layer.clone()),
        NodeAccess::Unknown { .. } => Some(Layer::nobody()),
    }
}

async fn permission(client: &Client, content_id: &str, subject: &Subject) -> Result<bool, ClientError> {
    let (kind, identifier) = match subject {
        Subject::Anonymous => ("user", "anonymous"),
        Subject::Group(id) => ("group", id.as_str()),
        Subject::User(id) => ("user", id.as_str()),
    };
    let body = json!({ "subject": { "type": kind, "identifier": identifier }, "operation": "read" });
    let answer: PermissionCheck = client.ask(&format!("rest/api/content/{content_id}/permission/check"), &body).await?;
    Ok(answer.has_permission)
}
