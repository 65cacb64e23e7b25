#![doc = include_str!("../README.md")]

mod directory;
mod explain;
mod layer;
mod principal;
mod table;
mod words;

pub use directory::{
    AccountState, Directory, DirectoryGroup, DirectoryUser, GroupFound, GroupMapping, MappedMember, Membership,
    ReaderRequest, ScopedGroup, SourceDirectory, UnknownPrincipal, fold,
};
pub use explain::{AccessExplanation, LayerExplanation};
pub use layer::{Allow, Layer, LayerOrigin, LayerRecord, LayerState};
pub use principal::{AccessClass, Principal, Reader};
pub use table::{AccessId, AccessTable, LayerId};
pub use words::Names;
