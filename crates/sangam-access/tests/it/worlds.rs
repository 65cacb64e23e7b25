//! Small random worlds: few names, so that they collide and nest often.

use proptest::collection::vec;
use proptest::prelude::*;
use sangam_access::{
    AccessClass, AccessId, AccessTable, AccountState, Allow, Directory, DirectoryGroup, DirectoryUser, Layer, LayerId,
    LayerOrigin, LayerRecord, Principal, ReaderRequest, SourceDirectory,
};

pub(crate) const DATA_SOURCE: &str = "ds";

/// People, groups, layers, documents as lists of layer numbers, and who asks.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) people: SourceDirectory,
    pub(crate) layers: Vec<Layer>,
    pub(crate) documents: Vec<Vec<usize>>,
    pub(crate) requests: Vec<ReaderRequest>,
}

impl World {
    pub(crate) fn build(&self) -> (Directory, AccessTable) {
        let directory = Directory::new([(DATA_SOURCE.to_owned(), self.people.clone())], &[]);
        let mut table = AccessTable::default();
        for (number, layer) in self.layers.iter().enumerate() {
            let record = LayerRecord::known(layer.clone(), LayerOrigin::AccessControlList { level: 0 });
            table.put_layer(LayerId(number as u32), record);
        }
        for (number, layers) in self.documents.iter().enumerate() {
            let layers: Vec<LayerId> = layers.iter().map(|layer| LayerId(*layer as u32)).collect();
            table.put_access(self.access_id(number), layers);
        }
        (directory, table)
    }

    pub(crate) fn access_id(&self, document: usize) -> AccessId {
        if self.documents[document].is_empty() { AccessId::PUBLIC } else { AccessId(document as u32 + 2) }
    }
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let layers = vec(layer(), 4);
    let documents = vec(vec(0_usize..4, 0..4), 1..6);
    let requests = vec(request(), 1..5);
    (people(), layers, documents, requests).prop_map(|(people, layers, documents, requests)| World {
        people,
        layers,
        documents,
        requests,
    })
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c", "d"]).prop_map(Into::into)
}

fn people() -> impl Strategy<Value = SourceDirectory> {
    let state = prop::sample::select(vec![
        AccountState::Active,
        AccountState::Active,
        AccountState::Guest,
        AccountState::Inactive,
        AccountState::App,
    ]);
    let users = vec((state, prop::option::of(name())), 4).prop_map(|users| {
        let user = |(number, (state, alias)): (usize, (AccountState, Option<String>))| DirectoryUser {
            id: format!("u{number}"),
            aliases: alias.into_iter().collect(),
            display_name: String::new(),
            state,
        };
        users.into_iter().enumerate().map(user).collect()
    });
    let groups =
        vec((vec(0_usize..4, 0..3), vec(0_usize..4, 0..2), any::<bool>(), any::<bool>()), 4).prop_map(|groups| {
            let group = |(number, (members, nested, product_access, administers))| {
                let (members, nested): (Vec<usize>, Vec<usize>) = (members, nested);
                DirectoryGroup {
                    id: format!("g{number}"),
                    name: format!("group {number}"),
                    members: members.iter().map(|user| format!("u{user}")).collect(),
                    member_groups: nested.iter().map(|group| format!("g{group}")).collect(),
                    product_access,
                    administers,
                }
            };
            groups.into_iter().enumerate().map(group).collect()
        });
    (users, groups).prop_map(|(users, groups)| SourceDirectory { users, groups })
}

fn principal() -> impl Strategy<Value = Principal> {
    let data_source = DATA_SOURCE.to_owned();
    let (of_user, of_group, of_class) = (data_source.clone(), data_source.clone(), data_source);
    prop_oneof![
        name().prop_map(|name| Principal::User { name }),
        name().prop_map(|name| Principal::Group { name, data_source: None }),
        (0..4).prop_map(move |n| Principal::SourceUser { data_source: of_user.clone(), id: format!("u{n}") }),
        (0..4).prop_map(move |n| Principal::SourceGroup { data_source: of_group.clone(), id: format!("g{n}") }),
        prop::sample::select(vec![
            AccessClass::SiteUser,
            AccessClass::Licensed,
            AccessClass::LoggedIn,
            AccessClass::ProductAdmin
        ])
        .prop_map(move |class| Principal::Class { data_source: of_class.clone(), class }),
    ]
}

fn layer() -> impl Strategy<Value = Layer> {
    let allow = prop_oneof![
        1 => Just(Allow::Everyone),
        4 => vec(principal(), 0..4).prop_map(|allowed| Allow::Only(allowed.into_iter().collect())),
    ];
    let deny = prop_oneof![3 => Just(Vec::new()), 1 => vec(principal(), 1..3)];
    (allow, deny).prop_map(|(allow, deny)| Layer { allow, deny: deny.into_iter().collect() })
}

fn request() -> impl Strategy<Value = ReaderRequest> {
    let user = prop_oneof![name(), (0..4).prop_map(|n| format!("U{n}"))];
    let group = prop_oneof![name(), (0..4).prop_map(|n| format!("G{n}")), (0..4).prop_map(|n| format!("Group {n}"))];
    (prop::option::of(user), vec(group, 0..3)).prop_map(|(user, groups)| ReaderRequest {
        user,
        groups,
        data_source_groups: Vec::new(),
    })
}
