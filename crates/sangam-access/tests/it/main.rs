#![cfg(test)]
//! Random worlds, judged by the crate and by a reference evaluator that knows none of its types' tricks.

mod reference;
mod worlds;

use proptest::prelude::*;
use sangam_access::{AccessId, Reader};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn table_directory_and_reference_never_disagree(world in worlds::world()) {
        let (directory, table) = world.build();
        for request in &world.requests {
            let reader = directory.resolve(request);
            let passing = table.passing(&reader);
            for (number, layers) in world.documents.iter().enumerate() {
                let access = world.access_id(number);
                let expected = reference::can_read(&world, request, layers);
                prop_assert_eq!(passing.contains(access.0), expected, "document {} for {:?}", number, request);
                prop_assert_eq!(table.explain(access, &reader).readable, expected);
            }
            prop_assert!(!passing.contains(AccessId::HIDDEN.0));
        }
    }

    #[test]
    fn one_more_layer_never_opens_a_document(world in worlds::world()) {
        let (directory, table) = world.build();
        for request in &world.requests {
            let passing = table.passing(&directory.resolve(request));
            for (number, layers) in world.documents.iter().enumerate() {
                let wider = world.documents.iter().position(|other| {
                    other.len() < layers.len() && layers.starts_with(other)
                });
                if let Some(wider) = wider {
                    prop_assert!(
                        !passing.contains(world.access_id(number).0) || passing.contains(world.access_id(wider).0)
                    );
                }
            }
        }
    }

    #[test]
    fn whoever_is_nobody_reads_only_what_every_stranger_reads(world in worlds::world()) {
        let (_, table) = world.build();
        let nobody = table.passing(&Reader::Nobody);
        let stranger = table.passing(&Reader::Named(std::collections::HashSet::new()));
        prop_assert!(nobody.is_subset(&stranger));
    }
}
