//! A large site is listed without looking at all of it for every call.

use std::time::Instant;

use confluence_sim::{DcOptions, GENERATED_CRAWLER, Shape, Site};

use crate::client::{encoded, served, walk};
use crate::dc::{self, As};

/// Far below what was measured, so that a busy machine does not fail it; a listing that looks at
/// the whole site for every call takes minutes.
const DOCS_PER_S_MIN: f64 = 500.0;

#[tokio::test]
async fn a_listing_takes_time_by_its_own_length() {
    let before = Instant::now();
    let sim = served(Site::generated(&Shape { n_pages: 20_000, ..Shape::default() })).await;
    let generated = before.elapsed();
    let before = Instant::now();
    let space = sim.site().read().find_space("S00").unwrap().id;
    let path = format!("/wiki/api/v2/spaces/{space}/pages?limit=250&body-format=storage&sort=id");
    let (pages, calls) = walk(&sim, Some(GENERATED_CRAWLER), &path).await;
    let took = before.elapsed();
    assert_eq!((pages.len(), calls), (1_000, 4));
    let docs_per_s = 1_000.0 / took.as_secs_f64();
    println!("generated in {generated:?}; {docs_per_s:.0} pages of 300 words a second, reading them included");
    assert!(docs_per_s > DOCS_PER_S_MIN, "{docs_per_s}");
    let (changed, _) = {
        let path = "/wiki/api/v2/pages?limit=250&sort=-modified-date&space-id=65538";
        walk(&sim, Some(GENERATED_CRAWLER), path).await
    };
    assert_eq!(changed.len(), 1_000);
    let dates: Vec<_> = changed.iter().map(|it| it["version"]["createdAt"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|a, b| a >= b));
}

/// A site of the size that the numbers below are about.
fn large() -> Site {
    Site::generated(&Shape { n_pages: 50_000, ..Shape::default() })
}

/// What a crawler asks of each space.
fn queries(site: &Site, types: &str) -> Vec<String> {
    site.spaces().map(|space| encoded(&format!("space=\"{}\" and {types}", space.key))).collect()
}

#[tokio::test]
async fn searches_of_all_spaces_look_at_each_page_once() {
    let sim = served(large()).await;
    let queries = queries(&sim.site().read(), "type in (page,blogpost)");
    let expand = "restrictions.read.restrictions.user,restrictions.read.restrictions.group";
    let before = Instant::now();
    let mut found = 0;
    for cql in queries {
        let path = format!("/wiki/rest/api/content/search?limit=200&expand={expand}&cql={cql}");
        found += walk(&sim, Some(GENERATED_CRAWLER), &path).await.0.len();
    }
    println!("searches of 50,000 pages in Cloud: {:?}, {} calls", before.elapsed(), sim.n_calls());
    assert_eq!((found, sim.n_looked_at()), (50_000, 50_000));
}

#[tokio::test]
async fn searches_of_a_data_center_look_at_each_page_once() {
    let sim = dc::served(large(), DcOptions::default()).await;
    let queries = queries(&sim.site().read(), "type=page");
    let crawler = As::Bearer(GENERATED_CRAWLER.1);
    let before = Instant::now();
    let mut found = 0;
    for cql in queries {
        let expand = "restrictions.read.restrictions.user,restrictions.read.restrictions.group";
        let path = format!("/rest/api/content/search?limit=200&expand={expand}&cql={cql}");
        found += sim.walk(crawler, &path).await.0.len();
    }
    println!("searches of 50,000 pages in a Data Center: {:?}, {} calls", before.elapsed(), sim.n_calls());
    assert_eq!((found, sim.n_looked_at()), (50_000, 50_000));
}
